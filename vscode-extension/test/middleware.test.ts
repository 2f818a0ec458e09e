import { beforeEach, describe, expect, test } from 'vitest';
import * as vscode from 'vscode';
import { createMiddleware } from '../src/middleware';
import { fake } from './vscode';

beforeEach(() => fake.reset());

/** Return the titles of what the light bulb offers for one action of the server. */
async function offered(data: object): Promise<string[]> {
  const action = Object.assign(new vscode.CodeAction('Fix: “total” (compiles)', vscode.CodeActionKind.QuickFix), { data });
  const provide = createMiddleware(() => Promise.resolve(), () => Promise.resolve()).provideCodeActions as unknown as (
    ...parameters: unknown[]
  ) => Promise<vscode.CodeAction[]>;
  const actions = await provide({}, {}, {}, {}, () => Promise.resolve([action]));
  return actions.map((one) => one.title);
}

describe('the light bulb', () => {
  test('offers a preview of a fix of the diagnosis', async () => {
    expect(await offered({ answer: 1, fix: 0, of: 'diagnosis' })).toEqual(['Fix: “total” (compiles)', 'Preview: Fix: “total” (compiles)']);
  });

  test('offers none of a review\'s fix, which is none of those that can be previewed', async () => {
    expect(await offered({ answer: 2, fix: 0, of: 'review' })).toHaveLength(1);
  });
});
