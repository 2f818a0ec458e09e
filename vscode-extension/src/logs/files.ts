import { open } from 'node:fs/promises';
import * as vscode from 'vscode';
import { LARGEST_LOG_CHARACTERS, NothingPickedError, picked, type PickedLog } from './picked';

/** Return what is selected in the active editor. */
export function fromEditorSelection(): PickedLog {
  const editor = vscode.window.activeTextEditor;
  const text = editor === undefined ? '' : editor.selections.map((one) => editor.document.getText(one)).join('\n');
  return picked(
    { text, origin: vscode.l10n.t('the selection') },
    vscode.l10n.t('Nothing is selected in the editor. Select the failure\'s output, then try again.'),
  );
}

/** Return the log in a file: `uri`, else the active editor's text, else one that the user chooses; undefined if none. */
export async function fromFile(uri: vscode.Uri | undefined): Promise<PickedLog | undefined> {
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri?.toString());
  const chosen = uri ?? (await chooseFile());
  if (chosen === undefined) {
    return undefined;
  }
  const name = vscode.workspace.asRelativePath(chosen);
  const text = document?.getText() ?? (await readEnd(chosen));
  return picked({ text, origin: name }, vscode.l10n.t('{0} is empty.', name));
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title: vscode.l10n.t('Diagnose an Error Log'), canSelectMany: false });
  return chosen?.[0];
}

/** Return the last characters of a file, which may be larger than what an editor opens. */
async function readEnd(uri: vscode.Uri): Promise<string> {
  if (uri.scheme !== 'file') {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  }
  try {
    const file = await open(uri.fsPath);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, LARGEST_LOG_CHARACTERS);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new NothingPickedError(
      vscode.l10n.t('{0} cannot be read: {1}', uri.fsPath, error instanceof Error ? error.message : String(error)),
      { cause: error },
    );
  }
}
