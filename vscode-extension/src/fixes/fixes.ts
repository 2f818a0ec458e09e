import * as vscode from 'vscode';
import { reveal } from '../diagnose';
import type { Outcomes } from '../outcome';
import type { ReportFix } from '../protocol';
import { pathsOf } from './texts';

export const SCHEME = 'qwen-fix';

/** A fix cannot be applied or undone; the message says what to do. */
export class FixError extends Error {
  override readonly name = 'FixError';
}

/** Previews, applies and undoes the fixes of the newest outcome. */
export class Fixes implements vscode.Disposable, vscode.TextDocumentContentProvider {
  private readonly subscriptions: vscode.Disposable[];
  private previewed = 0;

  constructor(private readonly outcomes: Outcomes) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(() => this.tellPreviewing()),
      outcomes.onDidChange(() => void this.closePreviews()),
    ];
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
  }

  /** The file of a preview as it is after the fix. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.outcomes.after(Number(uri.query)).get(uri.fsPath) ?? '';
  }

  /** Show what a fix changes, side by side; its title bar has a button that applies it. */
  async preview(index: number): Promise<void> {
    const fix = this.wanted(index);
    this.previewed = index;
    const title = fix.label ?? fix.title;
    const pairs = pathsOf(fix).map((path) => {
      const file = vscode.Uri.file(path);
      return { file, after: file.with({ scheme: SCHEME, query: String(index) }) };
    });
    const [first] = pairs;
    if (pairs.length === 1 && first !== undefined) {
      const options: vscode.TextDocumentShowOptions = { preview: true, viewColumn: vscode.ViewColumn.One };
      await vscode.commands.executeCommand('vscode.diff', first.file, first.after, title, options);
    } else {
      await vscode.commands.executeCommand('vscode.changes', title, pairs.map(({ file, after }) => [file, file, after]));
    }
  }

  /** Apply a fix as one step that can be undone. Raises FixError when a file is not as it was diagnosed. */
  async apply(index = this.previewed): Promise<void> {
    const fix = this.wanted(index);
    const edit = new vscode.WorkspaceEdit();
    for (const { path, range, newText } of fix.edits) {
      const { start, end } = range;
      edit.replace(vscode.Uri.file(path), new vscode.Range(start.line, start.character, end.line, end.character), newText);
    }
    await this.closePreviews();
    const [first] = fix.edits;
    if (first !== undefined) {
      // Shown first, so that the change is seen and Undo is at hand.
      await reveal(first.path, first.range.start);
    }
    // Opened, so that the check below sees what is on disk now.
    await Promise.all(pathsOf(fix).map((path) => vscode.workspace.openTextDocument(vscode.Uri.file(path))));
    if (this.outcomes.stateNow(index) !== 'offered') {
      throw new FixError(vscode.l10n.t('The code has changed since this fix was made; diagnose the log again.'));
    }
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new FixError(vscode.l10n.t('The fix was not applied.'));
    }
  }

  /** Take back a fix that was applied, unless something else was edited since. Raises FixError. */
  async undo(index: number): Promise<void> {
    const fix = this.wanted(index);
    if (this.outcomes.stateNow(index) !== 'applied') {
      throw new FixError(vscode.l10n.t('Something was edited since the fix was applied; undo it in the editor.'));
    }
    const [first] = fix.edits;
    if (first !== undefined) {
      await reveal(first.path, first.range.start);
      await vscode.commands.executeCommand('undo');
    }
  }

  /** Run the failed command again, as the user typed it, in the terminal where it ran. */
  rerun(): void {
    const { log, failed } = this.outcomes.current ?? {};
    if (log?.command === undefined) {
      throw new FixError(vscode.l10n.t('The command that failed is not known; run it again in a terminal.'));
    }
    const alive = failed !== undefined && vscode.window.terminals.includes(failed.terminal);
    const terminal = alive ? failed.terminal : vscode.window.createTerminal({ name: 'Qwen', ...(log.cwd === undefined ? {} : { cwd: log.cwd }) });
    terminal.show(true);
    if (terminal.shellIntegration === undefined) {
      terminal.sendText(log.command);
    } else {
      terminal.shellIntegration.executeCommand(log.command);
    }
  }

  private wanted(index: number): ReportFix {
    const fix = this.outcomes.current?.report.fixes[index];
    if (fix === undefined) {
      throw new FixError(vscode.l10n.t('There is no such fix any more; diagnose the log again.'));
    }
    return fix;
  }

  private previews(): vscode.Tab[] {
    return vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isPreview);
  }

  private async closePreviews(): Promise<void> {
    await vscode.window.tabGroups.close(this.previews());
  }

  private tellPreviewing(): void {
    void vscode.commands.executeCommand('setContext', 'qwenLsp.previewing', this.previews().length > 0);
  }
}




function isPreview(tab: vscode.Tab): boolean {
  return tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.scheme === SCHEME;
}
