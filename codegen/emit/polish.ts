import type { Node, Project, SourceFile, StatementStructures, SyntaxKind } from "ts-morph";
import { loadTsMorph } from "../packages.js";

type Kinds = typeof SyntaxKind;

/** A change of the text: `length` characters at `at` give way to `text`. */
interface Edit {
  readonly at: number;
  readonly length: number;
  readonly text: string;
}

/** One for all texts: it costs more to make than most of them to read. */
let project: Project | undefined;

/**
 * Finishes declarations of types, given as text or as structures: makes every property, index signature and
 * array `readonly`, however deep, and lays the text out. Only parses: no program, no type checker.
 */
export function polish(types: string | readonly StatementStructures[]): string {
  const { SyntaxKind: kinds } = loadTsMorph();
  project ??= createProject();
  const text = typeof types === "string" ? types : "";
  const file = project.createSourceFile("types.ts", text, { overwrite: true });
  if (typeof types !== "string") file.addStatements([...types]);
  return tidy(layout(apply(file.getFullText(), edits(file, kinds)))).trim();
}

function createProject(): Project {
  const { IndentationText, Project } = loadTsMorph();
  return new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
}

function edits(file: SourceFile, kinds: Kinds): Edit[] {
  const edits: Edit[] = [];
  const insert = (at: number, text: string): void => void edits.push({ at, length: 0, text });
  file.forEachDescendant((node) => {
    const parent = node.getParent()?.getKind();
    switch (node.getKind()) {
      case kinds.PropertySignature:
      case kinds.IndexSignature:
        if (!node.getText().startsWith("readonly ")) insert(node.getStart(), "readonly ");
        if (!node.getText().endsWith(";")) insert(node.getEnd(), ";");
        return;
      case kinds.TypeAliasDeclaration:
        if (!node.getText().endsWith(";")) insert(node.getEnd(), ";");
        return;
      case kinds.ArrayType:
        if (isReadonly(node, kinds)) return;
        insert(node.getStart(), parent === kinds.ArrayType ? "(readonly " : "readonly ");
        if (parent === kinds.ArrayType) insert(node.getEnd(), ")");
        return;
      case kinds.ParenthesizedType:
        if (parent !== kinds.PropertySignature && parent !== kinds.TypeAliasDeclaration) return;
        edits.push({ at: node.getStart(), length: 1, text: "" });
        edits.push({ at: node.getEnd() - 1, length: 1, text: "" });
        return;
      default:
    }
  });
  return edits;
}

function isReadonly(node: Node, kinds: Kinds): boolean {
  const parent = node.getParent();
  return parent?.getKind() === kinds.TypeOperator && parent.getText().startsWith("readonly ");
}

/** Applies from the end; at one place the outer node's edit, which was found first, ends up first. */
function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { at, length, text: put } of edits.toReversed().sort((a, b) => b.at - a.at)) {
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}

/**
 * Indents by braces: every line of the text opens or closes one block at most. The formatter of the
 * compiler does the same, but loading it takes longer than all the rest of this file's work.
 */
function layout(text: string): string {
  let level = 0;
  return text
    .split("\n")
    .map((raw) => {
      const line = raw.trim();
      const comment = /^(\/\*\*|\*)/.test(line);
      if (!comment && line.startsWith("}")) level -= 1;
      const depth = line.startsWith("| ") ? level + 1 : level;
      const indented = "  ".repeat(depth) + (line.startsWith("*") ? ` ${line}` : line);
      if (!comment && line.endsWith("{")) level += 1;
      return indented;
    })
    .join("\n");
}

/** Comments of one line on one line, a line between statements, no space at an end. */
function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, "")
    .replace(/^((?:\S.*)?[;}])\n(?=\/\*\*|export|interface)/gm, "$1\n\n")
    .replace(/\/\*\*\n\s*\* (.*)\n\s*\*\//g, (whole, line: string) =>
      line.length < 92 ? `/** ${line} */` : whole,
    );
}
