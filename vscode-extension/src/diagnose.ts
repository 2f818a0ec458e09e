import * as vscode from 'vscode';
import { askWithProgress, explain } from './asking';
import type { FailedCommand } from './logs/commands';
import { NothingPickedError, type PickedLog } from './logs/picked';
import { mainDiagnostic, textsOfFixes, type Outcomes } from './outcome';
import { DIAGNOSE, type DiagnoseParams, type Report, type WirePosition } from './protocol';
import type { Server } from './server/server';

/** How far a diagnosis is: the stage, and the newest words of the reply. */
export type Stage = string;

/** Hands a log to the server, shows how far it is, and shows what came of it. */
export class Diagnoser implements vscode.Disposable {
  private readonly staged = new vscode.EventEmitter<Stage | undefined>();

  /** Told each stage, and undefined at the end. */
  readonly onDidReachStage = this.staged.event;

  constructor(
    private readonly server: Server,
    private readonly outcomes: Outcomes,
  ) {}

  dispose(): void {
    this.staged.dispose();
  }

  /** Pick a log and diagnose it; what is in the way is shown to the user. */
  async pickAndDiagnose(pick: () => PickedLog | Promise<PickedLog | undefined>, failed?: FailedCommand): Promise<void> {
    try {
      const log = await pick();
      if (log !== undefined) {
        await this.diagnose(log, failed);
      }
    } catch (error) {
      if (error instanceof NothingPickedError) {
        await vscode.window.showWarningMessage(error.message);
      } else {
        await explain(error, this.server);
      }
    }
  }

  private async diagnose(log: PickedLog, failed: FailedCommand | undefined): Promise<void> {
    const report = await this.ask(log);
    if (report === undefined) {
      return;
    }
    const place = mainDiagnostic(report);
    if (place !== undefined) {
      // Before the panel, which opens beside it.
      await reveal(place.path, place.range.start);
    }
    this.outcomes.show({ report, log, before: await textsOfFixes(report), ...(failed === undefined ? {} : { failed }) });
  }

  /** Return the report, or undefined when the user cancelled. */
  private async ask(log: PickedLog): Promise<Report | undefined> {
    try {
      const title = vscode.l10n.t('Diagnosing {0}', log.origin);
      return await askWithProgress<Report>(this.server, DIAGNOSE, parameters(log), title, (message) => this.staged.fire(message));
    } finally {
      this.staged.fire(undefined);
    }
  }
}

function parameters(log: PickedLog): DiagnoseParams {
  return {
    log: log.text,
    ...(log.cwd === undefined ? {} : { cwd: log.cwd }),
    // What is run again to check a fix; nothing of a workspace that is not trusted is run.
    ...(log.command === undefined || !vscode.workspace.isTrusted ? {} : { command: log.command }),
  };
}

/** Show a place in a file. */
export async function reveal(path: string, start: WirePosition): Promise<vscode.TextEditor> {
  const place = new vscode.Range(start.line, start.character, start.line, start.character);
  const visible = vscode.window.visibleTextEditors.find((one) => one.document.uri.fsPath === path);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
  return await vscode.window.showTextDocument(document, {
    preview: false,
    selection: place,
    // Not over the panel, which is where the user may have clicked.
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
  });
}
