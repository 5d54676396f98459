package dev.millrace.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  private static final Bytes LEAF = Bytes.of(0);
  private static final Bytes NODE = Bytes.of(1);

  private final Random random = new Random(6962);

  private Bytes bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static Bytes leaf(Bytes chunk) {
    return Bytes.concat(List.of(LEAF, chunk)).sha256();
  }

  private static Bytes node(Bytes left, Bytes right) {
    return Bytes.concat(List.of(NODE, left, right)).sha256();
  }

  @Test
  void ofNothingThereIsNone() {
    assertThat(MerkleTree.root(Bytes.EMPTY)).isEqualTo(Bytes.EMPTY);
    assertThat(MerkleTree.leaves(Bytes.EMPTY)).isEmpty();
  }

  @Test
  void ofOneChunkItIsItsLeaf() {
    Bytes full = bytes(MerkleTree.CHUNK_BYTES);
    assertThat(MerkleTree.root(full)).isEqualTo(leaf(full));
    assertThat(MerkleTree.root(Bytes.of(7))).isEqualTo(leaf(Bytes.of(7)));
  }

  /** RFC 6962 §2.1.3 has a tree of seven leaves: ((0 1)(2 3))((4 5) 6). */
  @Test
  void itsShapeIsThatOfTheSpecification() {
    Bytes data = bytes(6 * MerkleTree.CHUNK_BYTES + 1);
    List<Bytes> leaf = MerkleTree.leaves(data);
    assertThat(leaf).hasSize(7);
    for (int i = 0; i < 7; i++) {
      int from = i * MerkleTree.CHUNK_BYTES;
      Bytes chunk = data.slice(from, Math.min(MerkleTree.CHUNK_BYTES, data.length() - from));
      assertThat(leaf.get(i)).isEqualTo(leaf(chunk)).isEqualTo(MerkleTree.leaf(chunk));
    }
    Bytes left = node(node(leaf.get(0), leaf.get(1)), node(leaf.get(2), leaf.get(3)));
    Bytes right = node(node(leaf.get(4), leaf.get(5)), leaf.get(6));
    assertThat(MerkleTree.root(data)).isEqualTo(node(left, right));
  }

  @Test
  void anyOtherByteGivesAnotherRoot() {
    Bytes data = bytes(5 * MerkleTree.CHUNK_BYTES / 2);
    for (int i = 0; i < 50; i++) {
      byte[] changed = data.toArray();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(MerkleTree.root(Bytes.wrap(changed))).isNotEqualTo(MerkleTree.root(data));
    }
  }
}
