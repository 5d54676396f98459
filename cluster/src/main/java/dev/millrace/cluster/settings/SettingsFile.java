package dev.millrace.cluster.settings;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revisions that a node knows, in its data folder: a line that says what it is, each revision
 * with its length, and the SHA-256 of all before. It is replaced as a whole, so a node that dies
 * while it writes has the old or the new one. One thread at a time.
 */
final class SettingsFile {
  private static final Logger log = LoggerFactory.getLogger(SettingsFile.class);
  private static final Bytes HEAD = Bytes.utf8("millrace cluster settings 1\n");
  private static final int DIGEST_BYTES = 32;
  private static final long MAX_BYTES = 8 << 20;

  private final Path path;

  SettingsFile(Path path) {
    this.path = path;
  }

  /**
   * What was written last; nothing if there is no file. One that is damaged is put aside, because
   * the other nodes know what was in it.
   *
   * @throws IOException if it cannot be read
   */
  List<Revision> read() throws IOException {
    Bytes all;
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new IOException("%s has more than %d bytes".formatted(path, MAX_BYTES));
      }
      all = Bytes.wrap(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      return List.of();
    }
    try {
      return read(all);
    } catch (ProtocolException e) {
      Path aside = path.resolveSibling(path.getFileName() + ".damaged");
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      log.error(
          "the settings of the cluster in {} are damaged ({}); put aside as {}, the other nodes"
              + " will tell them",
          path,
          e.getMessage(),
          aside.getFileName());
      return List.of();
    }
  }

  void write(List<Revision> revisions) throws IOException {
    List<Bytes> parts = new ArrayList<>(List.of(HEAD));
    for (Revision revision : revisions) {
      Bytes bytes = RevisionCodec.write(revision);
      parts.add(Bytes.wrap(ByteBuffer.allocate(4).putInt(bytes.length()).array()));
      parts.add(bytes);
    }
    Bytes content = Bytes.concat(parts);
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    try (FileChannel file =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      write(file, content);
      write(file, content.sha256());
      file.force(true);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static List<Revision> read(Bytes all) {
    int end = all.length() - DIGEST_BYTES;
    if (end < HEAD.length() || !all.slice(0, HEAD.length()).equals(HEAD)) {
      throw ProtocolException.malformed("not a file of settings");
    }
    if (!all.slice(0, end).sha256().equals(all.slice(end))) {
      throw ProtocolException.malformed("its SHA-256 is wrong");
    }
    List<Revision> revisions = new ArrayList<>();
    int at = HEAD.length();
    while (at < end) {
      int length = at + 4 > end ? -1 : all.s32(at);
      if (length < 0 || length > end - at - 4) {
        throw ProtocolException.malformed("a revision of %d bytes at %d".formatted(length, at));
      }
      revisions.add(RevisionCodec.read(all.slice(at + 4, length)));
      at += 4 + length;
    }
    return revisions;
  }

  private static void write(FileChannel file, Bytes bytes) throws IOException {
    ByteBuffer left = bytes.asByteBuffer();
    while (left.hasRemaining()) {
      file.write(left);
    }
  }
}
