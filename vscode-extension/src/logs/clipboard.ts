import * as vscode from 'vscode';
import { NothingPickedError, picked, type PickedLog } from './picked';

/** Return the log on the clipboard. */
export async function fromClipboard(): Promise<PickedLog> {
  const text = await vscode.env.clipboard.readText();
  const origin = vscode.l10n.t('the clipboard');
  return picked({ text, origin }, vscode.l10n.t('The clipboard holds no text. Copy the failure\'s output, then try again.'));
}

const COPY_SELECTION = 'workbench.action.terminal.copySelection';
const COPY_LAST_OUTPUT = 'workbench.action.terminal.copyLastCommandOutput';

/**
 * Return what is selected in the active terminal, else the output of its last command.
 *
 * The stable API gives a terminal's selection only through the clipboard, so the user's is put back on every path.
 */
export async function fromTerminalSelection(): Promise<PickedLog> {
  const terminal = vscode.window.activeTerminal;
  if (terminal === undefined) {
    throw new NothingPickedError(vscode.l10n.t('No terminal is open. Select the failure\'s output in one, or copy it and diagnose the clipboard.'));
  }
  const text = (await copied(COPY_SELECTION)) ?? (await copied(COPY_LAST_OUTPUT)) ?? '';
  const origin = vscode.l10n.t('terminal "{0}"', terminal.name);
  const cwd = terminal.shellIntegration?.cwd?.fsPath;
  return picked(
    { text, origin, ...(cwd === undefined ? {} : { cwd }) },
    vscode.l10n.t('Nothing is selected in terminal "{0}". Select the failure\'s output, or copy it and diagnose the clipboard.', terminal.name),
  );
}

/** Return what a command puts on the clipboard, or undefined when it puts nothing there; the clipboard is as before. */
async function copied(command: string): Promise<string | undefined> {
  const clipboard = vscode.env.clipboard;
  const before = await clipboard.readText();
  // Emptied first, as what is selected may equal what was there.
  try {
    await clipboard.writeText('');
    await vscode.commands.executeCommand(command);
    const text = await clipboard.readText();
    return text === '' ? undefined : text;
  } finally {
    await clipboard.writeText(before);
  }
}
