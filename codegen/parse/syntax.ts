import type { Root } from "mdast";
import { loadRemark } from "../packages.js";

/** What a processor keeps for `remark-gfm`, as far as it matters here. */
interface Extensions {
  readonly micromarkExtensions?: object[];
  fromMarkdownExtensions?: readonly unknown[];
}

let parse: ((text: string) => Root) | undefined;

/** Markdown with the tables of GitHub → its tree. Throws what the parser throws. */
export function parseMarkdown(text: string): Root {
  parse ??= createParser();
  return parse(text);
}

function createParser(): (text: string) => Root {
  const { remark, gfm } = loadRemark();
  const processor = remark()
    .use(gfm)
    .use(function () {
      const data = this.data() as Extensions;
      data.micromarkExtensions?.push({ disable: { null: LITERAL_LINKS } });
      data.fromMarkdownExtensions = withoutTransforms(data.fromMarkdownExtensions ?? []);
    })
    .freeze();
  return (text) => processor.parse(text);
}

/**
 * Links without brackets mean nothing here, and looking for them takes a tenth of the time. Their
 * transform also makes pieces of text without a position.
 */
const LITERAL_LINKS = ["wwwAutolink", "protocolAutolink", "emailAutolink"];

function withoutTransforms(extensions: readonly unknown[]): unknown[] {
  return extensions.map((extension) => {
    if (Array.isArray(extension)) return withoutTransforms(extension);
    const { transforms: _transforms, ...rest } = extension as Record<string, unknown>;
    return rest;
  });
}
