import * as vscode from 'vscode';
import { afterFix, pathsOf, stateOf, type FixState, type Texts } from './fixes/texts';
import type { FailedCommand } from './logs/commands';
import type { PickedLog } from './logs/picked';
import type { Report, ReportDiagnostic } from './protocol';

/** A finished diagnosis and the texts that it is about. */
export interface Outcome {
  readonly report: Report;
  readonly log: PickedLog;
  /** The failed command that left the log, where a terminal told it. */
  readonly failed?: FailedCommand;
  /** The files that fixes edit, as they were diagnosed. */
  readonly before: Texts;
}

/** The diagnostic of the primary failure, which carries the fixes; undefined when the failure has no place here. */
export function mainDiagnostic(report: Report): ReportDiagnostic | undefined {
  return report.diagnostics[0];
}

/** Holds the newest outcome and follows what becomes of its fixes, however they are applied and undone. */
export class Outcomes implements vscode.Disposable {
  private present: Outcome | undefined;
  private states: FixState[] = [];
  private readonly changed = new vscode.EventEmitter<Outcome | undefined>();
  private readonly fixChanged = new vscode.EventEmitter<{ readonly fix: number; readonly verdict: 'applied' | 'undone' }>();
  private readonly subscription = vscode.workspace.onDidChangeTextDocument((event) => this.follow(event.document));

  /** Told of a new outcome, and when the state of a fix has changed. */
  readonly onDidChange = this.changed.event;
  readonly onDidApplyOrUndo = this.fixChanged.event;

  get current(): Outcome | undefined {
    return this.present;
  }

  get fixStates(): readonly FixState[] {
    return this.states;
  }

  show(outcome: Outcome | undefined): void {
    this.present = outcome;
    this.states = outcome === undefined ? [] : this.statesOf(outcome);
    this.tell();
  }

  /** Return the texts of a fix's files after it. */
  after(fix: number): Texts {
    const wanted = this.present?.report.fixes[fix];
    return wanted === undefined || this.present === undefined ? new Map<string, string>() : afterFix(wanted, this.present.before);
  }

  /** Return the state of a fix by what its files hold now: those that no editor has open as they were diagnosed. */
  stateNow(fix: number): FixState | undefined {
    return this.present === undefined ? undefined : this.statesOf(this.present)[fix];
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
    this.fixChanged.dispose();
  }

  private follow(document: vscode.TextDocument): void {
    const outcome = this.present;
    if (outcome === undefined || document.uri.scheme !== 'file' || !outcome.before.has(document.uri.fsPath)) {
      return;
    }
    const old = this.states;
    this.states = this.statesOf(outcome);
    this.states.forEach((state, fix) => {
      if (old[fix] === 'offered' && state === 'applied') {
        this.fixChanged.fire({ fix, verdict: 'applied' });
      } else if (old[fix] === 'applied' && state === 'offered') {
        this.fixChanged.fire({ fix, verdict: 'undone' });
      }
    });
    if (old.some((state, fix) => state !== this.states[fix])) {
      this.tell();
    }
  }

  private statesOf({ report, before }: Outcome): FixState[] {
    const now = new Map(before);
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === 'file' && before.has(document.uri.fsPath)) {
        now.set(document.uri.fsPath, document.getText());
      }
    }
    return report.fixes.map((fix) => stateOf(fix, before, now));
  }

  private tell(): void {
    const outcome = this.present;
    const contexts = {
      hasReport: outcome !== undefined,
      hasFixes: (outcome?.report.fixes.length ?? 0) > 0,
      canRerun: outcome?.log.command !== undefined,
      applied: this.states.includes('applied'),
    };
    for (const [name, value] of Object.entries(contexts)) {
      void vscode.commands.executeCommand('setContext', `qwenLsp.${name}`, value);
    }
    this.changed.fire(outcome);
  }
}

/** Return the present texts of all files that the report's fixes edit. */
export async function textsOfFixes(report: Report): Promise<Texts> {
  const texts = new Map<string, string>();
  for (const path of new Set(report.fixes.flatMap(pathsOf))) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    texts.set(path, document.getText());
  }
  return texts;
}
