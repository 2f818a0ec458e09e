import * as vscode from 'vscode';
import { NothingPickedError, picked, type PickedLog } from './picked';

/** What VS Code hands to a command in the menus `testing/message/context` and `testing/message/content`. */
interface TestMessageArgument {
  readonly test?: { readonly label?: string };
  readonly message: {
    readonly message: string | { readonly value: string };
    readonly expectedOutput?: string;
    readonly actualOutput?: string;
    readonly location?: { readonly uri: vscode.Uri; readonly range: vscode.Range };
  };
}

/**
 * Return the log of a failed test.
 *
 * Test results of other extensions are only handed to commands in the menus of a test's message (the one of a list's row
 * where a test has several, else the one on the message itself): the stable API has no list of them.
 */
export function fromTestMessage(argument: unknown): PickedLog {
  if (!isTestMessage(argument)) {
    throw new NothingPickedError(
      vscode.l10n.t('Click the failed test in the Testing view and choose "Diagnose Error Log: Failed Test" on its message, or copy the message and diagnose the clipboard.'),
    );
  }
  const { message, test } = argument;
  const said = typeof message.message === 'string' ? message.message : message.message.value;
  const parts = [said];
  if (message.expectedOutput !== undefined && message.actualOutput !== undefined) {
    parts.push(`Expected: ${message.expectedOutput}`, `Actual: ${message.actualOutput}`);
  }
  const place = message.location;
  if (place !== undefined && !said.includes(place.uri.fsPath)) {
    // Where the message has no traceback of its own, the place that the test's extension knows stands in for it.
    parts.unshift(
      'Traceback (most recent call last):',
      `  File "${place.uri.fsPath}", line ${place.range.start.line + 1}, in ${test?.label ?? 'test'}`,
    );
  }
  const origin = vscode.l10n.t('test {0}', test?.label ?? '');
  return picked({ text: parts.join('\n'), origin }, vscode.l10n.t('The failed test left no message.'));
}

function isTestMessage(argument: unknown): argument is TestMessageArgument {
  const message = (argument as Partial<TestMessageArgument> | undefined)?.message?.message;
  return typeof message === 'string' || typeof (message as { value?: unknown } | undefined)?.value === 'string';
}
