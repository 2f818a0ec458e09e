import * as vscode from 'vscode';
import type { CodeAction, WorkspaceEdit } from 'vscode-languageclient/node';
import { reveal } from '../diagnose';
import { mainDiagnostic, type Outcomes } from '../outcome';
import type { ReportFix } from '../protocol';
import { messageOf, type Server } from '../server/server';
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

  constructor(
    private readonly server: Server,
    private readonly outcomes: Outcomes,
  ) {
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
    const pairs = pathsOf(fix).map((path) => {
      const file = vscode.Uri.file(path);
      return { file, after: file.with({ scheme: SCHEME, query: String(index) }) };
    });
    const [first] = pairs;
    if (pairs.length === 1 && first !== undefined) {
      const options: vscode.TextDocumentShowOptions = { preview: true, viewColumn: vscode.ViewColumn.One };
      await vscode.commands.executeCommand('vscode.diff', first.file, first.after, fix.title, options);
    } else {
      await vscode.commands.executeCommand('vscode.changes', fix.title, pairs.map(({ file, after }) => [file, file, after]));
    }
  }

  /** Apply a fix as one step that can be undone. Raises FixError. */
  async apply(index = this.previewed): Promise<void> {
    const fix = this.wanted(index);
    const action = await this.action(index);
    if (action?.edit === undefined) {
      throw new FixError(vscode.l10n.t('This fix is no longer offered; diagnose the log again.'));
    }
    const client = await this.server.ready();
    this.checkVersions(action.edit);
    const edit = await client.protocol2CodeConverter.asWorkspaceEdit(action.edit);
    await this.closePreviews();
    const [first] = fix.edits;
    if (first !== undefined) {
      // Shown first, so that the change is seen and Undo is at hand.
      await reveal(first.path, first.range.start);
    }
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new FixError(vscode.l10n.t('The fix was not applied.'));
    }
  }

  /** Take back a fix that was applied, unless something else was edited since. Raises FixError. */
  async undo(index: number): Promise<void> {
    const fix = this.wanted(index);
    if (this.outcomes.fixStates[index] !== 'applied') {
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

  /** Return the server's own action for a fix: it refuses one whose files have changed. */
  private async action(index: number): Promise<CodeAction | undefined> {
    const outcome = this.outcomes.current;
    const place = outcome === undefined ? undefined : mainDiagnostic(outcome.report);
    if (place === undefined) {
      return undefined;
    }
    const actions = await this.server.request<CodeAction[] | null>('textDocument/codeAction', {
      textDocument: { uri: vscode.Uri.file(place.path).toString() },
      range: { start: { line: 0, character: 0 }, end: { line: LAST_LINE, character: 0 } },
      context: { diagnostics: [], only: ['quickfix'] },
    });
    const action = actions?.find((one) => (one.data as { fix?: unknown } | undefined)?.fix === index);
    if (action?.disabled !== undefined) {
      throw new FixError(action.disabled.reason);
    }
    if (action === undefined || action.edit !== undefined) {
      return action;
    }
    try {
      return await this.server.request<CodeAction>('codeAction/resolve', action);
    } catch (error) {
      throw new FixError(messageOf(error), { cause: error });
    }
  }

  private checkVersions(edit: WorkspaceEdit): void {
    for (const change of edit.documentChanges ?? []) {
      if ('textDocument' in change) {
        const { uri, version } = change.textDocument;
        const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === vscode.Uri.parse(uri).toString());
        if (version !== null && open !== undefined && open.version !== version) {
          throw new FixError(vscode.l10n.t('{0} has changed since this fix was made; diagnose the log again.', vscode.workspace.asRelativePath(open.uri)));
        }
      }
    }
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




/** The largest line that LSP can name (3.17, "Position"). */
const LAST_LINE = 2 ** 31 - 1;

function isPreview(tab: vscode.Tab): boolean {
  return tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.scheme === SCHEME;
}
