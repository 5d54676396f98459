package dev.millrace.server.chaos;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.FileName;
import dev.millrace.media.log.LogPosition;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fetches the files of one rendition, and enters what came: parts by name; of a whole segment each
 * of its parts, for these are what its writer told the SHA-256 of. Thread of the rendition.
 */
final class PartFetcher {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BOX_HEADER = 8;
  private static final Bytes LAST_BOX = Bytes.utf8("mdat");

  private final EdgeClient client;
  private final String folder;
  private final String path;
  private final Map<String, String> received;
  private final Trouble trouble;
  private String section = "";

  /** Who is told what goes wrong. */
  interface Trouble {
    /** Something that must never be. */
    void fault(String text);

    /** A request has failed and is to be made again. Waits. */
    void retry(String text) throws InterruptedException;

    /** An edge has answered, whatever it said. */
    void answered();
  }

  /**
   * @param rendition its name, which is its folder on the edge
   * @param path of the stream
   * @param received SHA-256 in hex by PATH/RENDITION/FILE
   */
  PartFetcher(
      EdgeClient client,
      String path,
      String rendition,
      Map<String, String> received,
      Trouble trouble) {
    this.client = client;
    this.folder = rendition + "/";
    this.path = path + "/" + folder;
    this.received = received;
    this.trouble = trouble;
  }

  /**
   * A part or a whole segment, and the initialization section if it is another one than before.
   * False if it did not come: then the playlist may know better.
   */
  boolean fetch(String file, String map) throws InterruptedException {
    if (!map.isEmpty() && !map.equals(section)) {
      if (!fetch(map)) {
        return false;
      }
      section = map;
    }
    return fetch(file);
  }

  private boolean fetch(String file) throws InterruptedException {
    try {
      HttpResponse<byte[]> answer = client.get(folder + file, PATIENCE);
      trouble.answered();
      if (answer.statusCode() == 200) {
        enter(file, Bytes.wrap(answer.body()));
        return true;
      }
      trouble.retry(file + " answered " + answer.statusCode());
    } catch (IOException e) {
      trouble.retry(file + ": " + e);
    }
    return false;
  }

  private void enter(String file, Bytes content) {
    switch (FileName.parse(file).orElse(null)) {
      case FileName.Segment(long epoch, long msn) -> {
        List<Bytes> parts = parts(content);
        for (int i = 0; i < parts.size(); i++) {
          enter(new FileName.Part(new LogPosition(epoch, msn, i)), parts.get(i));
        }
      }
      case FileName.Init init -> {
        if (!init.equals(FileName.Init.of(content))) {
          trouble.fault(
              file + " has other content than its name says: " + FileName.Init.of(content));
        }
      }
      case FileName.Part part -> enter(part, content);
      case null -> trouble.fault(file + " is no name of a part, segment or section");
    }
  }

  private void enter(FileName.Part part, Bytes content) {
    String sum = content.sha256().hex();
    String known = received.putIfAbsent(path + part, sum);
    if (known != null && !known.equals(sum)) {
      trouble.fault("%s has SHA-256 %s, and had %s before".formatted(part, sum, known));
    }
  }

  /** Each part ends with the box of its media; boxes that are none make one last part. */
  static List<Bytes> parts(Bytes segment) {
    List<Bytes> parts = new ArrayList<>();
    int begin = 0;
    for (int box = 0; box + BOX_HEADER <= segment.length(); ) {
      long end = box + segment.u32(box);
      boolean last = segment.slice(box + 4, 4).equals(LAST_BOX);
      if (end < box + BOX_HEADER || end > segment.length()) {
        break;
      }
      box = (int) end;
      if (last) {
        parts.add(segment.slice(begin, box - begin));
        begin = box;
      }
    }
    if (begin < segment.length()) {
      parts.add(segment.slice(begin));
    }
    return parts;
  }
}
