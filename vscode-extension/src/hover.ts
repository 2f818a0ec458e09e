import * as vscode from 'vscode';
import { harmlessMarkdown } from './markdown';
import { mainDiagnostic, type Outcomes } from './outcome';
import type { Report, ReportDiagnostic } from './protocol';
import { readSettings } from './settings';

/** Shows the explanation over the fault; only with servers that offer no hover themselves. */
export class ReportHover implements vscode.HoverProvider {
  constructor(
    private readonly outcomes: Outcomes,
    private readonly serverHovers: () => boolean,
  ) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const outcome = this.outcomes.current;
    if (outcome === undefined || !readSettings().showsHover || this.serverHovers()) {
      return undefined;
    }
    const found = vscode.languages
      .getDiagnostics(document.uri)
      .find((one) => one.source === 'qwen' && one.range.start.line <= position.line && position.line <= one.range.end.line);
    const main = mainDiagnostic(outcome.report);
    // The diagnostics follow edits; the report does not.
    if (found === undefined || found.message !== main?.message) {
      return undefined;
    }
    return new vscode.Hover(explanation(outcome.report, main), found.range);
  }
}

const SHOW_PANEL = 'qwenLsp.showPanel';

function explanation(report: Report, main: ReportDiagnostic): vscode.MarkdownString {
  const page = new vscode.MarkdownString(undefined, true);
  page.isTrusted = { enabledCommands: [SHOW_PANEL] };
  const [cause = '', ...rest] = main.message.split('\n');
  page.appendMarkdown(`**$(sparkle) Qwen** — ${harmlessMarkdown(cause)}\n\n`);
  if (rest.length > 0) {
    page.appendCodeblock(rest.join('\n'), 'text');
  }
  for (const place of main.related) {
    const uri = vscode.Uri.file(place.path).with({ fragment: `L${place.range.start.line + 1}` });
    const name = `${vscode.workspace.asRelativePath(place.path)}:${place.range.start.line + 1}`;
    page.appendMarkdown(`- [${harmlessMarkdown(name)}](${uri.toString()}) `);
    page.appendText(place.message.split('\n', 1)[0] ?? '');
    page.appendMarkdown('\n');
  }
  if (report.fixes.length > 0) {
    page.appendMarkdown(`\n${vscode.l10n.t('Fixes: {0}', report.fixes.map((fix) => harmlessMarkdown(fix.title)).join('; '))}\n`);
  }
  page.appendMarkdown(`\n[${vscode.l10n.t('Open the result panel')}](command:${SHOW_PANEL})`);
  return page;
}
