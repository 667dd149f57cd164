import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import type { Model } from "../model/types.js";
import { banner } from "./artefact.js";
import { doc, see } from "./docs.js";
import { literal, property } from "./names.js";

const handlebars = Handlebars.create();
const compiled = new Map<string, HandlebarsTemplateDelegate>();

handlebars.registerHelper("json", (value: unknown) => literal(value));
handlebars.registerHelper("member", (value: string) => property(value));
handlebars.registerHelper("list", list);
handlebars.registerHelper("union", (values: readonly unknown[]) =>
  values.length === 0 ? "never" : values.map((value) => literal(value)).join(" | "),
);

/** `{{list values 4}}`: on one line, or on one each where that would be long, indented by 4. */
function list(values: readonly unknown[], indent: unknown): string {
  const items = values.map((value) => literal(value));
  const line = items.join(", ");
  if (typeof indent !== "number" || line.length < 72) return line;
  const edge = " ".repeat(indent);
  return `\n${items.map((item) => `${edge}  ${item},\n`).join("")}${edge}`;
}

/** Renders `templates/NAME.hbs`. An unknown name in a template is an error, and nothing is escaped. */
export function render(
  model: Model,
  name: string,
  data: Readonly<Record<string, unknown>>,
): string {
  let template = compiled.get(name);
  if (template === undefined) {
    const text = readFileSync(new URL(`./templates/${name}.hbs`, import.meta.url), "utf8");
    template = handlebars.compile(text, { noEscape: true, strict: true });
    compiled.set(name, template);
  }
  return template(
    { ...data, banner: banner(model) },
    {
      helpers: { doc: docHelper(model), see: (section: string) => see(model, section) },
    },
  );
}

/** `{{doc meaning section 2}}`: prose, section (or null) and indentation. */
function docHelper(model: Model) {
  return (prose: string, section: string | null, indent: number): string =>
    doc(model, prose, section ?? undefined, " ".repeat(indent));
}
