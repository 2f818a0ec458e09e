import { diffLines, pathsOf, type FixState } from '../fixes/texts';
import { mainDiagnostic, type Outcome } from '../outcome';
import type { ReportDiagnostic, ReportFailure, WirePosition } from '../protocol';
import type { LinkView, Rating, ResultView } from './messages';

/** What the user said of the diagnosis (null) and of its fixes, by index. */
export type Ratings = ReadonlyMap<number | null, Rating>;

/** A place that a link of the panel leads to. */
export interface Target {
  readonly path: string;
  readonly start: WirePosition;
}

/** Return the places of the panel's links, in their order. */
export function linkTargets(outcome: Outcome): Target[] {
  const main = mainDiagnostic(outcome.report);
  return main === undefined ? [] : [main, ...main.related].map(({ path, range }) => ({ path, start: range.start }));
}

/** Return what the panel shows of an outcome; `shortName` says a path as people read it. */
export function resultView(
  outcome: Outcome,
  states: readonly FixState[],
  after: (fix: number) => ReadonlyMap<string, string>,
  ratings: Ratings,
  shortName: (path: string) => string,
): ResultView {
  const { report, log, before } = outcome;
  const main = mainDiagnostic(report);
  const failure = report.failures.find((one) => one.primary) ?? report.failures[0];
  return {
    cause: main === undefined ? '' : causeOf(main),
    ...headline(failure),
    problems: report.problems,
    links: main === undefined ? [] : links(main, shortName),
    fixes: report.fixes.map((fix, index) => ({
      title: fix.title,
      state: states[index] ?? 'changed',
      files: pathsOf(fix).map((path) => ({
        name: shortName(path),
        lines: diffLines(before.get(path) ?? '', after(index).get(path) ?? ''),
      })),
      rated: ratings.get(index) ?? null,
    })),
    command: log.command ?? null,
    rated: ratings.get(null) ?? null,
  };
}

const ROOT_CAUSE = 'root-cause';

/** The explanation is the first line of a root cause's message; the failure and the problems follow. */
function causeOf(main: ReportDiagnostic): string {
  return main.code === ROOT_CAUSE ? (main.message.split('\n', 1)[0] ?? '') : '';
}

function headline(failure: ReportFailure | undefined): Pick<ResultView, 'failure' | 'details'> {
  const [first = '', ...others] = (failure?.message ?? '').trim().split('\n');
  return { failure: [failure?.exception_type ?? '', first].filter((part) => part !== '').join(': '), details: others.join('\n') };
}

function links(main: ReportDiagnostic, shortName: (path: string) => string): LinkView[] {
  const here = { path: main.path, range: main.range, message: '' };
  return [here, ...main.related].map((one) => ({
    label: `${shortName(one.path)}:${one.range.start.line + 1}`,
    detail: one.message.split('\n', 1)[0] ?? '',
  }));
}
