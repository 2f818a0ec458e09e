import { createTwoFilesPatch } from 'diff';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ReportFix } from '../protocol';

/** Texts of files by their absolute paths. */
export type Texts = ReadonlyMap<string, string>;

/** Whether a fix can be applied, is applied, or neither, because a file it edits is no longer as it was diagnosed. */
export type FixState = 'offered' | 'applied' | 'changed';

/** Return the paths of the files that a fix edits, each once. */
export function pathsOf(fix: ReportFix): string[] {
  return [...new Set(fix.edits.map((edit) => edit.path))];
}

/** Return the texts of the edited files after the fix; files that are not in `before` are left out. */
export function afterFix(fix: ReportFix, before: Texts): Texts {
  const after = new Map<string, string>();
  for (const path of pathsOf(fix)) {
    const text = before.get(path);
    if (text !== undefined) {
      const document = TextDocument.create(path, '', 0, text);
      const edits = fix.edits.filter((edit) => edit.path === path);
      after.set(path, TextDocument.applyEdits(document, edits.map(({ range, newText }) => ({ range, newText }))));
    }
  }
  return after;
}

/** Return the state of a fix, given what its files held when they were diagnosed and what they hold now. */
export function stateOf(fix: ReportFix, before: Texts, now: Texts): FixState {
  if (sameIn(pathsOf(fix), before, now)) {
    return 'offered';
  }
  return sameIn(pathsOf(fix), afterFix(fix, before), now) ? 'applied' : 'changed';
}

/** One line of a diff. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place';
  readonly text: string;
}

const CONTEXT_LINES = 3;

/** Return the changes of one file as a unified diff, without its header. */
export function diffLines(before: string, after: string): DiffLine[] {
  const patch = createTwoFilesPatch('a', 'b', before, after, undefined, undefined, { context: CONTEXT_LINES });
  const lines = patch.split('\n');
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first === -1 ? [] : lines.slice(first).filter((line) => line !== '' && !line.startsWith('\\')).map(diffLine);
}

function diffLine(line: string): DiffLine {
  const text = line.slice(1);
  switch (line[0]) {
    case '+':
      return { kind: 'added', text };
    case '-':
      return { kind: 'removed', text };
    case '@':
      return { kind: 'place', text: line };
    default:
      return { kind: 'same', text };
  }
}

function sameIn(paths: readonly string[], texts: Texts, now: Texts): boolean {
  return paths.every((path) => texts.has(path) && withoutReturns(texts.get(path)) === withoutReturns(now.get(path)));
}

/** VS Code gives inserted lines the line ends of their document. */
function withoutReturns(text: string | undefined): string | undefined {
  return text?.replace(/\r\n?/g, '\n');
}
