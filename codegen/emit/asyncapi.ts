import type { JsonSchema } from "../model/schema.js";
import type { Message, Model } from "../model/types.js";
import { FEW, remembered } from "../memo.js";
import { loadYaml } from "../packages.js";
import type { Artefact } from "./artefact.js";
import { pascal } from "./names.js";
import { definitions, messageName } from "./schema.js";

type Part = Readonly<Record<string, unknown>>;

/** Name of the one channel. */
const CHANNEL = "arcp";

/** `asyncapi.yaml`: the same model as an AsyncAPI 3 document of the runtime. */
export function emitAsyncapi(model: Model): Artefact {
  const value = {
    asyncapi: "3.0.0",
    info: {
      title: "ARCP, the Agent Runtime Control Protocol",
      version: model.revision,
      description: ABOUT,
      license: { name: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    channels: {
      [CHANNEL]: {
        address: "/arcp",
        title: "A connection",
        description: "One WebSocket, each text message one envelope.",
        messages: Object.fromEntries(
          model.messages.map(({ type }) => [type, reference("components/messages", type)]),
        ),
        bindings: { ws: { method: "GET", bindingVersion: "0.1.0" } },
      },
    },
    operations: operations(model),
    components: {
      messages: Object.fromEntries(model.messages.map((it) => [it.type, message(model, it)])),
      schemas: rereference(definitions(model)),
    },
  };
  const head = `# Generated from ${model.file} by \`npm run generate\`. Edit the spec, never this file.\n`;
  return { path: "asyncapi.yaml", text: head + yamlOf(value) };
}

const yamlOf = remembered(
  (value: Part): string =>
    // Written so that readers of YAML 1.1, which take `no` for a boolean, read the same.
    loadYaml().stringify(value, {
      aliasDuplicateObjects: false,
      compat: "yaml-1.1",
      lineWidth: 100,
    }),
  FEW,
);

const ABOUT =
  "The runtime's side of the protocol: it receives what clients send, and sends what clients receive. " +
  "Members, types and event kinds that a peer does not know are ignored, not refused.";

/** One for each message and direction, from the runtime's point of view. */
function operations(model: Model): Part {
  const of = (action: "send" | "receive", { type, meaning, replies, feature }: Message) => {
    const name = `${action}${pascal(type)}`;
    const answers = action === "receive" ? replies : [];
    return [
      name,
      {
        action,
        channel: reference("channels", CHANNEL),
        title: type,
        summary: meaning,
        messages: [inChannel(type)],
        ...(answers.length === 0
          ? {}
          : {
              reply: { channel: reference("channels", CHANNEL), messages: answers.map(inChannel) },
            }),
        ...(feature === undefined ? {} : { tags: [{ name: `feature:${feature}` }] }),
      },
    ] as const;
  };
  return Object.fromEntries(
    model.messages.flatMap((it) => [
      ...(it.direction === "runtime-to-client" ? [] : [of("receive", it)]),
      ...(it.direction === "client-to-runtime" ? [] : [of("send", it)]),
    ]),
  );
}

function message(model: Model, { type, meaning, section }: Message): Part {
  const examples = model.examples
    .filter(({ of, invalid }) => of === type && invalid === undefined)
    .map(({ id, value }) => ({ name: id, payload: value }));
  const anchor = model.sections.find(({ number }) => number === section)?.anchor;
  return {
    name: type,
    title: type,
    summary: meaning,
    description: `${model.file}${anchor === undefined ? "" : `#${anchor}`} §${section}`,
    payload: reference("components/schemas", messageName(type)),
    ...(examples.length === 0 ? {} : { examples }),
  };
}

/** Names of the channel's messages hold no slash; `~` and `/` would have to be escaped. */
function inChannel(type: string): Part {
  return reference(`channels/${CHANNEL}/messages`, type);
}

function reference(folder: string, name: string): { readonly $ref: string } {
  return { $ref: `#/${folder}/${name.replace(/~/g, "~0").replace(/\//g, "~1")}` };
}

/** Schemas as this document refers to them. */
function rereference(schemas: Readonly<Record<string, JsonSchema>>): unknown {
  const text = JSON.stringify(schemas);
  return JSON.parse(text.replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));
}
