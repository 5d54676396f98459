// Builds the web player: `bundle` (type check, bundle, size budget) and `test` (unit tests). Each step is skipped while
// what it reads is unchanged. node_modules is filled by `npm ci` only when package-lock.json has changed, so a machine
// that built once builds again without a network.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const OUT = 'target/classes/web';
const STAMPS = 'target/stamps';
const LOCK_COPY = 'node_modules/.installed-lock';
const COMMON_INPUTS = ['package.json', 'package-lock.json', 'tsconfig.json', 'build', 'src'];

switch (process.argv[2]) {
  case 'bundle':
    await step('bundle', [...COMMON_INPUTS, 'test', 'size-budget.json'], `${OUT}/index.html`, async () => {
      install();
      typeCheck();
      await bundle();
    });
    break;
  case 'test':
    await step('test', [...COMMON_INPUTS, 'test'], 'target/test/all.mjs', async () => {
      install();
      await test();
    });
    break;
  default:
    fail('usage: build.mjs bundle|test');
}

async function step(name, inputs, output, work) {
  const hash = hashOf(inputs);
  const stamp = join(STAMPS, name);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOf(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs.flatMap(filesBelow).sort()) hash.update(file).update('\0').update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name)));
}

function install() {
  const lock = readFileSync('package-lock.json', 'utf8');
  if (existsSync(LOCK_COPY) && readFileSync(LOCK_COPY, 'utf8') === lock) return;
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'], { encoding: 'utf8' });
  if (npm.status !== 0) {
    fail(`npm ci failed (is the npm registry reachable?):\n${npm.stdout}${npm.stderr}`);
  }
  writeFileSync(LOCK_COPY, lock);
}

function typeCheck() {
  const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { encoding: 'utf8' });
  if (tsc.status !== 0) fail(`type check failed\n${tsc.stdout}${tsc.stderr}`);
}

async function bundle() {
  const { build } = await import('esbuild');
  rmSync(OUT, { recursive: true, force: true });
  const options = {
    outdir: `${OUT}/assets`,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome107', 'firefox104', 'safari16'],
    loader: { '.svg': 'file' },
    assetNames: '[name]-[hash]',
    plugins: [textCss()],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
  // By itself and not split off by esbuild, which would split what the pages have in common as well.
  const inBrowser = { 'process.browser': 'true', global: 'globalThis' };
  const swarm = await build({ ...options, entryPoints: ['src/player/swarm.ts'], define: inBrowser });
  const result = await build({
    ...options,
    entryPoints: ['src/pages/home.ts', 'src/pages/watch.ts', 'src/pages/nodes.ts', 'src/pages/pages.css'],
    define: { SWARM_BUNDLE: JSON.stringify(`./${basename(Object.keys(swarm.metafile.outputs)[0])}`) },
  });
  const assets = new Map(
    Object.entries(result.metafile.outputs)
      .filter(([, output]) => output.entryPoint !== undefined)
      .map(([file, output]) => [basename(output.entryPoint), basename(file)]),
  );
  for (const page of ['index.html', 'watch.html', 'nodes.html']) {
    writeFileSync(join(OUT, page), withHashedNames(readFileSync(join('src/pages', page), 'utf8'), assets, page));
  }
  writeFileSync(join(OUT, 'assets/licenses.txt'), licences([...Object.keys(swarm.metafile.inputs), ...Object.keys(result.metafile.inputs)]));
  checkBudget();
}

/** The licence of every package of which something is in a bundle; of a few there is only its name. */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((file) => file.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/) ?? []));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8') : ''}`;
    })
    .join('\n----\n\n');
}

/** `import css from './x.css' with { type: 'text' }` would need a newer Node for tests; this is the same by file name. */
function textCss() {
  return {
    name: 'text-css',
    setup(b) {
      b.onLoad({ filter: /\.shadow\.css$/ }, async ({ path }) => {
        const { transform } = await import('esbuild');
        const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true });
        return { contents: code, loader: 'text' };
      });
    },
  };
}

function withHashedNames(html, assets, page) {
  return html.replace(/\/assets\/([\w.]+\.(?:ts|css))/g, (_, name) => {
    if (!assets.has(name)) fail(`${page} names ${name}, which is not built`);
    return `/assets/${assets.get(name)}`;
  });
}

/** Bytes, plain and gzip, by asset name without its hash: whoever makes a bundle grow raises the number in the file. */
function checkBudget() {
  const budget = JSON.parse(readFileSync('size-budget.json', 'utf8'));
  for (const file of readdirSync(join(OUT, 'assets'))) {
    const name = file.replace(/-[A-Z0-9]{8}(?=\.)/, '');
    const bytes = readFileSync(join(OUT, 'assets', file));
    const allowed = budget[name];
    if (allowed === undefined) {
      if (['.js', '.css'].includes(extname(file))) fail(`size-budget.json has no line for ${name}`);
      continue;
    }
    const gzip = gzipSync(bytes, { level: 9 }).length;
    if (bytes.length > allowed.bytes || gzip > allowed.gzip) {
      fail(`${name} is ${bytes.length} bytes, ${gzip} gzip; size-budget.json allows ${allowed.bytes} and ${allowed.gzip}`);
    }
    console.log(`web-player: ${name} ${bytes.length} bytes, ${gzip} gzip`);
  }
}

async function test() {
  const { build } = await import('esbuild');
  const tests = readdirSync('test').filter((file) => file.endsWith('.test.ts'));
  await build({
    stdin: { contents: tests.map((file) => `import './test/${file}';`).join('\n'), resolveDir: '.' },
    outfile: 'target/test/all.mjs',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const tap = Number.parseInt(process.versions.node, 10) >= 20 ? ['--test-reporter=tap'] : [];
  const run = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...tap, 'target/test/all.mjs'], { encoding: 'utf8' });
  if (run.status !== 0) {
    const failures = run.stdout.match(/^ *not ok (?!.*\n.*\n.*type: 'suite')[^]*?^ *\.\.\.$/gm);
    fail(`unit tests failed\n${failures?.join('\n') ?? run.stdout}\n${run.stderr}`);
  }
  const count = /(?:ℹ|#) tests (\d+)/.exec(run.stdout)?.[1] ?? '0';
  if (count === '0') fail('no unit test ran');
  console.log(`web-player: Tests run: ${count}`);
}

function fail(message) {
  console.error(`web-player: ${message}`);
  process.exit(1);
}
