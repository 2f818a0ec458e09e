// Writes the server's settings, which `python -m docs.settings --package-json` knows, into package.json.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);
const python = process.env.PYTHON ?? new URL('.venv/bin/python', root).pathname;
const properties = JSON.parse(execFileSync(python, ['-m', 'docs.settings', '--package-json'], { cwd: root }));
const page = new URL('../package.json', import.meta.url);
const manifest = JSON.parse(readFileSync(page, 'utf8'));
manifest.contributes.configuration[1].properties = properties;
writeFileSync(page, JSON.stringify(manifest, null, 2) + '\n');
