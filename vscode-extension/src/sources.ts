import * as vscode from 'vscode';
import type { FailedCommand } from './logs/commands';

interface Source extends vscode.QuickPickItem {
  readonly command: string;
}

/** Let the user choose where the log is; what is there right now comes first. */
export async function chooseSource(lastFailed: FailedCommand | undefined): Promise<void> {
  const chosen = await vscode.window.showQuickPick(sources(lastFailed), { title: vscode.l10n.t('Diagnose an Error Log'), placeHolder: vscode.l10n.t('Where is it?') });
  if (chosen !== undefined) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function sources(lastFailed: FailedCommand | undefined): Source[] {
  const t = vscode.l10n.t;
  const hasSelection = vscode.window.activeTextEditor?.selection.isEmpty === false;
  const found: (Source | undefined)[] = [
    lastFailed && source('terminal', t('Last Failed Command'), 'diagnoseLastCommand', lastFailed.name),
    vscode.debug.activeDebugSession && source('debug-alt', t('Exception in the Debugger'), 'diagnoseDebugStop'),
    hasSelection ? source('selection', t('Selection in the Editor'), 'diagnoseSelection') : undefined,
    source('clippy', t('Clipboard'), 'diagnoseClipboard'),
    vscode.window.activeTerminal && source('terminal-view-icon', t('Selection in the Terminal'), 'diagnoseTerminalSelection', vscode.window.activeTerminal.name),
    source('file', t('File …'), 'diagnoseFile'),
  ];
  return found.filter((one) => one !== undefined);
}

function source(icon: string, words: string, command: string, description = ''): Source {
  return { label: `$(${icon}) ${words}`, description, command: `qwenLsp.${command}` };
}
