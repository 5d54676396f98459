package dev.millrace.cluster.settings;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A revision as bytes, in messages and in the file; only {@link ProtocolException} escapes. */
final class RevisionCodec {
  private static final int FORMAT = 1;

  private RevisionCodec() {}

  static Bytes write(Revision revision) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeLong(revision.number());
      out.writeUTF(revision.author());
      out.writeLong(revision.at().toEpochMilli());
      out.writeUTF(revision.comment());
      out.writeShort(revision.values().size());
      for (Map.Entry<String, String> each : revision.values().entrySet()) {
        out.writeUTF(each.getKey());
        out.writeUTF(each.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  static Revision read(Bytes bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.toArray()))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw ProtocolException.unsupported("settings of format " + format);
      }
      long number = in.readLong();
      String author = in.readUTF();
      Instant at = Instant.ofEpochMilli(in.readLong());
      String comment = in.readUTF();
      SortedMap<String, String> values = new TreeMap<>();
      for (int count = in.readUnsignedShort(); count > 0; count--) {
        values.put(in.readUTF(), in.readUTF());
      }
      if (in.available() != 0) {
        throw ProtocolException.malformed(in.available() + " bytes behind a revision");
      }
      return new Revision(number, author, at, comment, values);
    } catch (IOException | IllegalArgumentException e) {
      throw ProtocolException.malformed("settings: " + e.getMessage());
    }
  }
}
