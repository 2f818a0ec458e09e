import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import * as path from 'node:path';

/** How to start the language server, and how it was found. */
export interface ServerCommand {
  readonly command: string;
  readonly foundIn: 'setting' | 'environment' | 'path' | 'installed';
}

/** The server that a setting names is not there; the message says what to do. */
export class ServerPathError extends Error {
  override readonly name = 'ServerPathError';
}

/** Where a server may be; folders are absolute. */
export interface Places {
  /** Setting `qwenLsp.server.path`, or empty. */
  readonly setting: string;
  /** Folders of the programs of active virtual environments, the most specific first. */
  readonly environments: readonly string[];
  /** The value of PATH. */
  readonly path: string;
  /** The folder of the programs of this extension's own environment. */
  readonly own: string;
}

export const PROGRAM = process.platform === 'win32' ? 'qwen-lsp.exe' : 'qwen-lsp';
export const SCRIPTS = process.platform === 'win32' ? 'Scripts' : 'bin';

/** Return the server to start, or undefined where there is none. Raises ServerPathError. */
export async function locateServer(places: Places): Promise<ServerCommand | undefined> {
  if (places.setting !== '') {
    if (!path.isAbsolute(places.setting) || !(await isProgram(places.setting))) {
      throw new ServerPathError(
        `qwenLsp.server.path: ${places.setting} is no program; give the absolute path of qwen-lsp or empty the setting`,
      );
    }
    return { command: places.setting, foundIn: 'setting' };
  }
  const candidates: [ServerCommand['foundIn'], readonly string[]][] = [
    ['environment', places.environments],
    // A relative folder on PATH would be one of the workspace.
    ['path', places.path.split(path.delimiter).filter((folder) => path.isAbsolute(folder))],
    ['installed', [places.own]],
  ];
  for (const [foundIn, folders] of candidates) {
    for (const folder of folders) {
      const command = path.join(folder, PROGRAM);
      if (await isProgram(command)) {
        return { command, foundIn };
      }
    }
  }
  return undefined;
}

/** Return the launcher's program beside the server's: both come in one package. */
export function launcherBeside(server: string): string {
  return path.join(path.dirname(server), process.platform === 'win32' ? 'qwen-launcher.exe' : 'qwen-launcher');
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
