import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { emitAsyncapi } from "./asyncapi.js";
import { REVISIONS } from "./generated-drafts.js";
import { sampleModel } from "./testing.js";

/** What the parser has to say, but for its wish to see the newest version of AsyncAPI. */
async function findings(document: string): Promise<string[]> {
  const { diagnostics } = await new Parser().parse(document);
  return diagnostics
    .filter(({ code }) => code !== "asyncapi-latest-version")
    .map(({ code, path, message }) => `${code} ${path.join("/")}: ${message}`);
}

describe.each(REVISIONS)("asyncapi.yaml of draft %s", (_, folder, { MessageType }) => {
  const text = readFileSync(new URL("asyncapi.yaml", folder), "utf8");

  it("is valid under the official parser, which has no advice to give either", async () => {
    expect(await findings(text)).toEqual([]);
  });

  it("would not be if a reference led nowhere, or a message were on no channel", async () => {
    const schema = "#/components/schemas/JobAcceptedMessage";
    expect((await findings(text.replace(schema, `${schema}s`))).join()).toContain(
      "JobAcceptedMessages",
    );
    const operation = "#/channels/arcp/messages/job.submit";
    expect(await findings(text.replace(operation, "#/components/messages/job.submit"))).not.toEqual(
      [],
    );
  });

  it("has examples that fit their messages, which the parser does not look at", () => {
    interface Document {
      readonly components: {
        readonly messages: Readonly<
          Record<
            string,
            { readonly payload: object; readonly examples: readonly { payload: unknown }[] }
          >
        >;
      };
    }
    const { components } = parse(text) as Document;
    const ajv = new Ajv2020({ validateFormats: false, keywords: ["components"] });
    for (const [type, { payload, examples }] of Object.entries(components.messages)) {
      const validate = ajv.compile({ components, ...payload });
      expect(examples.length, type).toBeGreaterThan(0);
      for (const example of examples) expect(validate(example.payload), type).toBe(true);
      expect(validate({})).toBe(false);
    }
  });

  it("has every message on the channel, and an operation for each way that it travels", () => {
    const { channels, operations } = parse(text) as {
      readonly channels: { readonly arcp: { readonly address: string; readonly messages: object } };
      readonly operations: Readonly<
        Record<string, { readonly action: string; readonly title: string }>
      >;
    };
    expect(channels.arcp.address).toBe("/arcp");
    expect(Object.keys(channels.arcp.messages)).toEqual(Object.values(MessageType));
    const titles = (action: string) =>
      Object.values(operations)
        .filter((it) => it.action === action)
        .map(({ title }) => title);
    // Either side may close by it.
    expect(titles("receive")).toEqual(expect.arrayContaining(["job.submit", "session.bye"]));
    expect(titles("send")).toEqual(expect.arrayContaining(["job.event", "session.bye"]));
    expect(titles("receive")).not.toContain("job.event");
    expect(titles("send")).not.toContain("job.submit");
  });

  it("refers to nothing outside of itself, and needs no network", () => {
    const references = [...text.matchAll(/\$ref: "?([^"\n]+)/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((it) => !it.startsWith("#/"))).toEqual([]);
  });

  it("escapes in a pointer what would end a name", () => {
    const model = sampleModel();
    const messages = model.messages.map((it, i) => (i === 0 ? { ...it, type: "a/b~c" } : it));
    const odd = emitAsyncapi({ ...model, messages }).text;
    expect(odd).toContain("#/components/messages/a~1b~0c");
  });

  it("reads the same under YAML 1.1", () => {
    expect(parse(text, { version: "1.1" })).toEqual(parse(text));
  });
});
