package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import dev.millrace.media.MerkleTree;
import dev.millrace.media.log.PartEntry;
import java.util.List;

/**
 * Whether bytes are those of the signed log. {@link #REAL} is the only one in a node; a simulation
 * of a thousand relays compares objects instead of hashing gigabytes.
 */
interface PartCheck {
  /** SHA-256 and the Merkle tree over chunks (sections 1 and 2). */
  PartCheck REAL =
      new PartCheck() {
        @Override
        public List<Bytes> leaves(Bytes part) {
          return MerkleTree.leaves(part);
        }

        @Override
        public boolean fits(List<Bytes> leaves, PartEntry entry) {
          return MerkleTree.root(leaves).equals(entry.tree());
        }

        @Override
        public boolean isChunk(Bytes data, Bytes leaf) {
          return MerkleTree.leaf(data).equals(leaf);
        }

        @Override
        public boolean isPart(Bytes part, PartEntry entry) {
          return part.length() == entry.sizeBytes() && part.sha256().equals(entry.sha256());
        }
      };

  /** The hash of each chunk. */
  List<Bytes> leaves(Bytes part);

  /** Whether these are the leaves of the tree in the entry. */
  boolean fits(List<Bytes> leaves, PartEntry entry);

  /** Whether the leaf is that of this chunk. */
  boolean isChunk(Bytes data, Bytes leaf);

  /** Whether the whole part is that of the entry. */
  boolean isPart(Bytes part, PartEntry entry);
}
