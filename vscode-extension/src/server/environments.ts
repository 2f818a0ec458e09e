import * as path from 'node:path';
import * as vscode from 'vscode';
import { SCRIPTS } from './locate';

/** The part of the API of `ms-python.python` that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath?(resource?: vscode.Uri): { readonly path: string };
  };
}

/**
 * Return the folders with the programs of the active virtual environments.
 *
 * The one chosen for the workspace may be part of it, so it counts only where the user trusts the workspace.
 */
export function activeEnvironments(): string[] {
  const folders: string[] = [];
  const python = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (vscode.workspace.isTrusted && python?.isActive === true) {
    const chosen = python.exports.environments?.getActiveEnvironmentPath?.(vscode.workspace.workspaceFolders?.[0]?.uri).path;
    if (chosen !== undefined && path.isAbsolute(chosen)) {
      // The path of an interpreter, or of the environment's folder.
      folders.push(path.dirname(chosen), path.join(chosen, SCRIPTS));
    }
  }
  const activated = process.env.VIRTUAL_ENV;
  if (activated !== undefined && path.isAbsolute(activated)) {
    folders.push(path.join(activated, SCRIPTS));
  }
  return folders;
}
