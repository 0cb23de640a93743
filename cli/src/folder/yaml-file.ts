import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, stringify } from 'yaml';
import { type Path, pathText, type Shape } from './shape.ts';

/** What is wrong in a file, as editors jump to it: `flags/theme.yaml:12: …`. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A file that could be read, and where in it what stands. */
export interface YamlFile<Content> {
  readonly name: string;
  readonly content: Content;
  /** The line of a field; of what holds it, if it is not there. */
  lineOf(path: Path): number;
}

/**
 * Reads a file of one shape.
 *
 * @param name as messages call it
 * @param tell told everything that is wrong; then there is no answer
 */
export function readYaml<Content>(
  name: string,
  source: string,
  shape: Shape,
  tell: (problem: FileProblem) => void,
): YamlFile<Content> | undefined {
  const lines = new LineCounter();
  // 1.2: `on` and `off` are text there, and nothing but true and false are booleans.
  const document = parseDocument(source, { lineCounter: lines, version: '1.2', prettyErrors: false });
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line);
  let isGood = true;
  const problem = (line: number, message: string) => {
    isGood = false;
    tell({ file: name, line, message });
  };
  // The first is the mistake; what follows is mostly the parser, lost.
  const [wrong] = [...document.errors, ...document.warnings].sort((one, other) => one.pos[0] - other.pos[0]);
  if (wrong) problem(lineAt(wrong.pos[0]), wrong.message);
  if (!isGood) return undefined;
  const lineOf = (path: Path) => lineAt(offsetOf(document.contents, path));
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    problem(1, (error as Error).message);
    return undefined;
  }
  shape(content, [], (path, message) => problem(lineOf(path), `${pathText(path) || 'the file'} ${message}.`));
  return isGood ? { name, content: content as Content, lineOf } : undefined;
}

/** The same content is always the same bytes. Quoted so that readers of YAML 1.1 take `off` for text as well. */
export function writeYaml(content: unknown): string {
  return stringify(content, { version: '1.2', compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

/** Where a field begins, with its name. */
function offsetOf(contents: unknown, path: Path): number {
  let node = contents;
  let offset = isNode(node) ? startOf(node) : 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(part));
      if (!isPair(pair)) return offset;
      if (isNode(pair.key)) offset = startOf(pair.key);
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(part)];
      if (!isNode(item)) return offset;
      offset = startOf(item);
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
