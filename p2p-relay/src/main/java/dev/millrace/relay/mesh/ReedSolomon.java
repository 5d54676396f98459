package dev.millrace.relay.mesh;

import dev.millrace.media.Bytes;
import java.util.Arrays;
import java.util.List;

/**
 * Erasure code over GF(256) with a Cauchy matrix: of k source symbols and any number of parity
 * symbols, any k give the block (docs/reference/relay-protocol.md, section 8). The field is that of
 * x^8 + x^4 + x^3 + x^2 + 1. Stateless.
 */
public final class ReedSolomon {
  /** Source symbols of a block, at most. */
  public static final int MAX_SOURCE = 191;

  /** Parity symbols of a block, at most. */
  public static final int MAX_PARITY = 64;

  private static final int POLYNOMIAL = 0x11D;
  private static final int SIZE = 256;

  /** Products: one row for each factor, so that the inner loop is one look-up. */
  private static final byte[][] PRODUCT = products();

  private static final byte[] INVERSE = inverses();

  private ReedSolomon() {}

  /**
   * One parity symbol.
   *
   * @param source the k source symbols, all of one length
   * @param index k or more
   */
  public static Bytes parity(List<Bytes> source, int index) {
    byte[] sum = new byte[source.getFirst().length()];
    for (int i = 0; i < source.size(); i++) {
      addProduct(sum, source.get(i).toArray(), coefficient(index, i));
    }
    return Bytes.wrap(sum);
  }

  /**
   * The source symbols, of any k different symbols.
   *
   * @param k how many the block has
   * @param indices of the symbols that are there; source symbols are below k
   * @param symbols in the same order, all of one length; as many as k, or more
   * @throws IllegalArgumentException if there are fewer than k
   */
  public static List<Bytes> decode(int k, List<Integer> indices, List<Bytes> symbols) {
    if (symbols.size() < k) {
      throw new IllegalArgumentException(symbols.size() + " symbols of " + k);
    }
    byte[][] source = new byte[k][];
    for (int at = 0; at < symbols.size(); at++) {
      if (indices.get(at) < k) {
        source[indices.get(at)] = symbols.get(at).toArray();
      }
    }
    int[] missing = missing(source);
    if (missing.length > 0) {
      solve(source, missing, indices, symbols);
    }
    Bytes[] all = new Bytes[k];
    for (int i = 0; i < k; i++) {
      all[i] = Bytes.wrap(source[i]);
    }
    return List.of(all);
  }

  private static int[] missing(byte[][] source) {
    int[] missing = new int[source.length];
    int count = 0;
    for (int i = 0; i < source.length; i++) {
      if (source[i] == null) {
        missing[count++] = i;
      }
    }
    return Arrays.copyOf(missing, count);
  }

  /**
   * Takes from as many parity symbols as are needed what the known source symbols put into them;
   * what is left is a Cauchy matrix times the missing ones, which can always be solved.
   */
  private static void solve(
      byte[][] source, int[] missing, List<Integer> indices, List<Bytes> symbols) {
    int count = missing.length;
    byte[][] rest = new byte[count][];
    byte[][] matrix = new byte[count][count];
    int row = 0;
    for (int at = 0; at < symbols.size() && row < count; at++) {
      int index = indices.get(at);
      if (index < source.length) {
        continue;
      }
      rest[row] = symbols.get(at).toArray();
      for (int i = 0; i < source.length; i++) {
        if (source[i] != null) {
          addProduct(rest[row], source[i], coefficient(index, i));
        }
      }
      for (int column = 0; column < count; column++) {
        matrix[row][column] = (byte) coefficient(index, missing[column]);
      }
      row++;
    }
    eliminate(matrix, rest);
    for (int i = 0; i < count; i++) {
      source[missing[i]] = rest[i];
    }
  }

  /** Gauss and Jordan; no pivot is 0, since every square part of a Cauchy matrix is regular. */
  private static void eliminate(byte[][] matrix, byte[][] rest) {
    for (int pivot = 0; pivot < matrix.length; pivot++) {
      int inverse = INVERSE[matrix[pivot][pivot] & 0xFF] & 0xFF;
      multiply(matrix[pivot], inverse);
      multiply(rest[pivot], inverse);
      for (int row = 0; row < matrix.length; row++) {
        int factor = matrix[row][pivot] & 0xFF;
        if (row != pivot && factor != 0) {
          addProduct(matrix[row], matrix[pivot], factor);
          addProduct(rest[row], rest[pivot], factor);
        }
      }
    }
  }

  /** What source symbol {@code i} is multiplied with in the symbol of this index. */
  static int coefficient(int index, int i) {
    return INVERSE[index ^ i] & 0xFF;
  }

  /** The product of two elements of the field. */
  static int product(int a, int b) {
    return PRODUCT[a][b] & 0xFF;
  }

  private static void addProduct(byte[] sum, byte[] of, int factor) {
    byte[] product = PRODUCT[factor];
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= product[of[i] & 0xFF];
    }
  }

  private static void multiply(byte[] all, int factor) {
    byte[] product = PRODUCT[factor];
    for (int i = 0; i < all.length; i++) {
      all[i] = product[all[i] & 0xFF];
    }
  }

  private static byte[][] products() {
    byte[][] products = new byte[SIZE][SIZE];
    for (int a = 0; a < SIZE; a++) {
      for (int b = 0; b < SIZE; b++) {
        products[a][b] = (byte) slowProduct(a, b);
      }
    }
    return products;
  }

  private static int slowProduct(int a, int b) {
    int product = 0;
    for (int bit = 7; bit >= 0; bit--) {
      product <<= 1;
      if (product >= SIZE) {
        product ^= POLYNOMIAL;
      }
      if ((b >> bit & 1) == 1) {
        product ^= a;
      }
    }
    return product;
  }

  private static byte[] inverses() {
    byte[] inverses = new byte[SIZE];
    for (int a = 1; a < SIZE; a++) {
      for (int b = 1; b < SIZE; b++) {
        if (PRODUCT[a][b] == 1) {
          inverses[a] = (byte) b;
        }
      }
    }
    return inverses;
  }
}
