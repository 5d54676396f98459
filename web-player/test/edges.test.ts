import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Edges, originOf, readEdges, type Edge } from '../src/core/edges';

const HOME = 'http://home:8080';
const PATH = '/hls/live/a/index.m3u8?viewer=1';

function edge(id: string, draining = false): Edge {
  return { id, name: `edge-${id}`, origin: `http://${id}:8080`, draining };
}

function cluster(): { edges: Edges; clock: { ms: number }; left: string[] } {
  const clock = { ms: 0 };
  const edges = new Edges(HOME, () => clock.ms);
  const left: string[] = [];
  edges.onMoved = (to, why) => left.push(`${to.id} ${why}`);
  // The page was opened by a name of edge a that the cluster does not know.
  edges.learn(HOME, 'a', [edge('a'), edge('b'), edge('c')]);
  return { edges, clock, left };
}

describe('edges', () => {
  test('stay with the server that answers', () => {
    const { edges } = cluster();
    assert.equal(edges.route(HOME + PATH), HOME + PATH);
    assert.equal(edges.of(HOME + PATH)?.name, 'edge-a');
    assert.equal(edges.route('https://elsewhere/x'), 'https://elsewhere/x');
  });

  test('lead past one that is dead, and tell of it once', () => {
    const { edges, left } = cluster();
    assert.equal(edges.leave(HOME + PATH), true);
    assert.equal(edges.leave(HOME + PATH), true);
    assert.equal(edges.route(HOME + PATH), `http://b:8080${PATH}`);
    assert.deepEqual(left, [`b ${HOME} does not answer`]);
    assert.equal(edges.leave(`http://b:8080${PATH}`), true);
    assert.equal(edges.route(HOME + PATH), `http://c:8080${PATH}`);
  });

  test('that are least loaded come first when one is dead', () => {
    const { edges, left } = cluster();
    edges.steer(['a', 'c', 'b']);
    edges.leave(HOME + PATH);
    assert.equal(edges.route(HOME + PATH), `http://c:8080${PATH}`);
    edges.learn('http://c:8080', 'c', [edge('a'), edge('b'), edge('c', true)]);
    edges.leave(`http://c:8080${PATH}`);
    assert.deepEqual(left.map((each) => each[0]), ['c', 'b']);
  });

  test('are all worth asking again when none answers', () => {
    const { edges } = cluster();
    edges.leave(HOME + PATH);
    edges.leave(`http://b:8080${PATH}`);
    assert.equal(edges.leave(`http://c:8080${PATH}`), false);
    assert.equal(edges.route(HOME + PATH), HOME + PATH);
  });

  test('are not gone back to unless steered there', () => {
    const { edges, clock, left } = cluster();
    edges.leave(HOME + PATH);
    edges.steer(['a', 'c']);
    assert.equal(edges.route(HOME + PATH), `http://c:8080${PATH}`, 'a is dead');
    clock.ms = 15_001;
    assert.equal(edges.route(HOME + PATH), `http://c:8080${PATH}`);
    edges.steer(['x', 'a', 'b']);
    edges.steer(['a']);
    assert.equal(edges.route(`http://b:8080${PATH}`), HOME + PATH);
    assert.deepEqual(left.slice(1), ['c steered', 'a steered']);
  });

  test('are used where the page is without a word', () => {
    const { edges, left } = cluster();
    edges.steer(['a', 'b']);
    assert.deepEqual(left, []);
  });

  test('are not left for one late answer, but for silence', () => {
    const { edges, clock } = cluster();
    edges.heard(HOME + PATH);
    clock.ms = 2_000;
    assert.equal(edges.leave(HOME + PATH, true), false);
    clock.ms = 3_000;
    assert.equal(edges.leave(HOME + PATH, true), true);
  });

  test('prefer those that do not drain', () => {
    const { edges } = cluster();
    edges.learn(HOME, 'a', [edge('a'), edge('b', true), edge('c')]);
    edges.leave(HOME + PATH);
    assert.equal(edges.route(HOME + PATH), `http://c:8080${PATH}`);
  });

  test('keep the address by which the page was opened', () => {
    const { edges } = cluster();
    edges.leave(HOME + PATH);
    edges.learn('http://b:8080', 'b', [edge('a'), edge('b')]);
    assert.equal(edges.all.find(({ id }) => id === 'a')?.origin, HOME);
    edges.learn('http://b:8080', 'b', []);
    assert.equal(edges.all.length, 2);
  });

  test('alone lead nowhere', () => {
    const alone = new Edges(HOME, () => 0);
    assert.equal(alone.leave(HOME + PATH), false);
    assert.equal(alone.route(HOME + PATH), HOME + PATH);
  });

  test('are read without trust', () => {
    assert.deepEqual(readEdges({ edge: 'a', edges: [{ id: 'a', name: 'x', url: 'http://a:1/' }, { id: 1 }, null] }), {
      self: 'a',
      edges: [{ id: 'a', name: 'x', origin: 'http://a:1', draining: false }],
    });
    assert.deepEqual(readEdges(undefined), { self: '', edges: [] });
    assert.equal(originOf('/relative'), undefined);
  });
});
