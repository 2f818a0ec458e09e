// Shell integration is stable API since VS Code 1.93; the extension also loads in 1.91, where these are missing.
import type { Event, Uri } from 'vscode';

declare module 'vscode' {
  export interface TerminalShellExecutionCommandLine {
    readonly value: string;
    readonly isTrusted: boolean;
    /** 0 low, 1 medium, 2 high. */
    readonly confidence: number;
  }

  export interface TerminalShellExecution {
    readonly commandLine: TerminalShellExecutionCommandLine;
    readonly cwd: Uri | undefined;
    read(): AsyncIterable<string>;
  }

  export interface TerminalShellIntegration {
    readonly cwd: Uri | undefined;
    executeCommand(commandLine: string): TerminalShellExecution;
  }

  export interface Terminal {
    readonly shellIntegration?: TerminalShellIntegration | undefined;
  }

  export interface TerminalShellExecutionStartEvent {
    readonly terminal: Terminal;
    readonly execution: TerminalShellExecution;
  }

  export interface TerminalShellExecutionEndEvent extends TerminalShellExecutionStartEvent {
    readonly exitCode: number | undefined;
  }

  export namespace window {
    export const onDidStartTerminalShellExecution: Event<TerminalShellExecutionStartEvent> | undefined;
    export const onDidEndTerminalShellExecution: Event<TerminalShellExecutionEndEvent> | undefined;
  }
}
