import * as vscode from 'vscode';
import { askWithProgress, explain } from './asking';
import { reveal } from './diagnose';
import { REVIEW, type ReviewParams, type ReviewReport } from './protocol';
import type { Server } from './server/server';

/** Reviews code that has not failed: the server marks what it finds, and this says how much that is. */
export class Reviewer {
  constructor(private readonly server: Server) {}

  /** Review the lines that are selected in the active editor, else its whole file. */
  async reviewEditor(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.uri.scheme !== 'file') {
      await vscode.window.showWarningMessage(vscode.l10n.t('Open the file to review; one that was never saved has to be saved first.'));
      return;
    }
    const { start, end, isEmpty } = editor.selection;
    const range = { start: { line: start.line, character: start.character }, end: { line: end.line, character: end.character } };
    await this.review({ textDocument: { uri: editor.document.uri.toString() }, ...(isEmpty ? {} : { range }) });
  }

  async review(params: ReviewParams): Promise<void> {
    const name = vscode.workspace.asRelativePath(vscode.Uri.parse(params.textDocument.uri));
    try {
      const report = await askWithProgress<ReviewReport>(this.server, REVIEW, params, vscode.l10n.t('Reviewing {0}', name));
      if (report !== undefined) {
        await tell(report, name);
      }
    } catch (error) {
      await explain(error, this.server);
    }
  }
}

async function tell({ diagnostics, problems }: ReviewReport, name: string): Promise<void> {
  const [first] = diagnostics;
  if (first === undefined) {
    // What was in the way the server says itself.
    if (problems.length === 0) {
      await vscode.window.showInformationMessage(vscode.l10n.t('The review found nothing in {0}.', name));
    }
    return;
  }
  const show = vscode.l10n.t('Show the First');
  const mended = diagnostics.filter((one) => one.fixes.length > 0).length;
  const words = vscode.l10n.t('Remarks on {0}: {1}; with a fix in the light bulb: {2}.', name, diagnostics.length, mended);
  if ((await vscode.window.showInformationMessage(words, show)) === show) {
    await reveal(first.path, first.range.start);
  }
}
