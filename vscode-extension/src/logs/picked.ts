import { stripVTControlCharacters } from 'node:util';

/** A log that was handed over, and what is known of the command that left it. */
export interface PickedLog {
  readonly text: string;
  /** Where it comes from, for people: "the clipboard". */
  readonly origin: string;
  /** Absolute; where the command ran. */
  readonly cwd?: string;
  /** The command line, only where the shell itself told it; never taken from the text. */
  readonly command?: string;
}

/** There is no log where the user pointed; the message says what to do. */
export class NothingPickedError extends Error {
  override readonly name = 'NothingPickedError';
}

/** The most that is sent to the server; of longer logs the end, where the failure is. */
export const LARGEST_LOG_CHARACTERS = 8_000_000;

// Operating system commands (ECMA-48, 8.3.89), with which shells mark prompts: ended by BEL or ST.
// eslint-disable-next-line no-control-regex
const OSC = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** Return the text as one reads it in a terminal: no colours, no shell marks, lines ended by `\n`. */
export function plainText(raw: string): string {
  return stripVTControlCharacters(raw.replace(OSC, '')).replace(/\r+\n/g, '\n');
}

/** Return the log to send. Raises NothingPickedError with `ifEmpty` when there is nothing in it. */
export function picked(log: PickedLog, ifEmpty: string): PickedLog {
  const text = plainText(log.text.slice(-LARGEST_LOG_CHARACTERS));
  if (text.trim() === '') {
    throw new NothingPickedError(ifEmpty);
  }
  return { ...log, text };
}
