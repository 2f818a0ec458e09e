import * as vscode from 'vscode';
import { NothingPickedError, picked, type PickedLog } from './picked';
import { Tail } from './tail';

/** A command of the user that failed in a terminal. */
export interface FailedCommand {
  readonly log: PickedLog;
  readonly exitCode: number;
  /** What was run, for people. */
  readonly name: string;
  readonly terminal: vscode.Terminal;
}

const LARGEST_OUTPUT_CHARACTERS = 1_000_000;
const LAST_OUTPUT_DEADLINE_MS = 2_000;
/** Ended by Ctrl+C, by a reader that left, by Ctrl+\ or by `kill`: nothing to diagnose. */
const ENDED_BY_USER = new Set([130, 141, 131, 143]);

interface Recording {
  readonly tail: Tail;
  readonly finished: Promise<void>;
}

/** Keeps the output of the last command that failed in any terminal with shell integration. */
export class CommandRecorder implements vscode.Disposable {
  private readonly recordings = new Map<vscode.TerminalShellExecution, Recording>();
  private readonly failed = new vscode.EventEmitter<FailedCommand>();
  private readonly subscriptions: vscode.Disposable[] = [this.failed];
  private last: FailedCommand | undefined;

  readonly onDidFail = this.failed.event;

  /** `isOn` is asked before each command: while it says no, nothing is read. */
  constructor(private readonly isOn: () => boolean) {
    const started = vscode.window.onDidStartTerminalShellExecution;
    const ended = vscode.window.onDidEndTerminalShellExecution;
    if (started !== undefined && ended !== undefined) {
      this.subscriptions.push(
        started((event) => this.record(event.execution)),
        ended((event) => void this.end(event)),
      );
    }
  }

  get lastFailed(): FailedCommand | undefined {
    return this.last;
  }

  /** Return the log of the last failed command. */
  pick(): PickedLog {
    if (this.last === undefined) {
      throw new NothingPickedError(
        vscode.l10n.t(
          'No failed command was seen in a terminal. It needs the terminal\'s shell integration; without it, select the output and diagnose the selection.',
        ),
      );
    }
    return picked(
      this.last.log,
      vscode.l10n.t('The last failed command, {0}, printed nothing.', this.last.name),
    );
  }

  dispose(): void {
    for (const subscription of this.subscriptions) {
      subscription.dispose();
    }
    this.recordings.clear();
  }

  private record(execution: vscode.TerminalShellExecution): void {
    if (!this.isOn()) {
      return;
    }
    const tail = new Tail(LARGEST_OUTPUT_CHARACTERS);
    const read = async (): Promise<void> => {
      for await (const piece of execution.read()) {
        tail.push(piece);
      }
    };
    // A terminal that is closed breaks the stream; what came before it counts.
    this.recordings.set(execution, { tail, finished: read().catch(() => undefined) });
  }

  private async end(event: vscode.TerminalShellExecutionEndEvent): Promise<void> {
    const { execution, exitCode, terminal } = event;
    const recording = this.recordings.get(execution);
    this.recordings.delete(execution);
    if (recording === undefined || exitCode === undefined || exitCode === 0 || ENDED_BY_USER.has(exitCode)) {
      return;
    }
    await withinDeadline(recording.finished);
    const line = execution.commandLine;
    const cwd = execution.cwd?.fsPath;
    const log: PickedLog = {
      text: recording.tail.text(),
      origin: vscode.l10n.t('the last failed command'),
      ...(cwd === undefined ? {} : { cwd }),
      // Less than High is read off the screen, where a program could have printed it.
      ...(line.isTrusted && line.confidence === HIGH ? { command: line.value } : {}),
    };
    this.last = { log, exitCode, name: shortened(line.value), terminal };
    this.failed.fire(this.last);
  }
}

/** `vscode.TerminalShellExecutionCommandLineConfidence.High`, which VS Code 1.91 lacks. */
const HIGH = 2;

/** The stream may end after the event. */
async function withinDeadline(finished: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LAST_OUTPUT_DEADLINE_MS);
  });
  await Promise.race([finished, deadline]);
  clearTimeout(timer);
}

const LONGEST_NAME = 40;

function shortened(commandLine: string): string {
  const line = commandLine.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME - 1)}…` : line;
}
