package dev.millrace.transcoder.packager;

import dev.millrace.media.StreamPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * First numbers of presentations, such that media sequence numbers of a path never go back, also
 * over a restart (RFC 8216bis 6.2.2). They come from wall time: seconds since 1970 divided by the
 * segment target. Only where a stream's numbers run ahead of that (it had shorter segments) are
 * they kept in one small file of the data folder, in blocks, so that writing is rare. Discontinuity
 * sequence numbers are kept in another, written at each discontinuity. Any thread.
 */
public final class SequenceNumbers {
  /** The file's name in the data folder: lines of {@code app/name number}. */
  static final String FILE = "sequence-numbers";

  /** The same for discontinuity sequence numbers. */
  static final String DISCONTINUITY_FILE = "discontinuity-numbers";

  private static final String DISCONTINUITY_HEADER = "# Last discontinuity sequence numbers used.";

  /** 2026-01-01T00:00:00Z in hours since 1970. */
  private static final long HOUR_ZERO = 490_896;

  private static final String HEADER =
      "# Highest media sequence numbers reserved by streams that ran ahead of wall time.";

  /** Numbers reserved by one write; a stream of half-second segments needs a write in 32 s. */
  private static final long BLOCK = 64;

  private static final Logger log = LoggerFactory.getLogger(SequenceNumbers.class);

  private final Path file;
  private final Path discontinuityFile;
  private final InstantSource wall;

  /** What the file says: no number above these was ever used. */
  private final Map<StreamPath, Long> reserved;

  /** Highest numbers used by this process. */
  private final Map<StreamPath, Long> used = new HashMap<>();

  private final Map<StreamPath, Long> discontinuities;

  /** Reads what an earlier run left; a file that cannot be read is reported and passed over. */
  public SequenceNumbers(Path dataFolder, InstantSource wall) {
    this.file = dataFolder.resolve(FILE);
    this.wall = wall;
    this.reserved = read(file);
    this.discontinuityFile = dataFolder.resolve(DISCONTINUITY_FILE);
    this.discontinuities = read(discontinuityFile);
  }

  /**
   * The first media sequence number of a presentation that begins now.
   *
   * @param segmentUs segment target in microseconds
   */
  public synchronized long first(StreamPath path, long segmentUs) {
    long known = Math.max(reserved.getOrDefault(path, -1L), used.getOrDefault(path, -1L));
    long first = Math.max(byWall(segmentUs), known + 1);
    reached(path, first, segmentUs);
    return first;
  }

  /** The stream has begun this segment. Writes the file only when wall time has been overtaken. */
  public synchronized void reached(StreamPath path, long msn, long segmentUs) {
    used.merge(path, msn, Math::max);
    if (msn > byWall(segmentUs) && msn > reserved.getOrDefault(path, -1L)) {
      reserved.put(path, msn + BLOCK);
      write(segmentUs);
    }
  }

  /**
   * The first discontinuity sequence number of a presentation that begins now: one more than the
   * last, and where that is not known, hours since 2026. It must stay small: hls.js 1.7 keeps an
   * array by it and walks that from 0 at each reload; seconds since 1970 froze a page for 80 s.
   */
  public synchronized long firstDiscontinuity(StreamPath path) {
    return Math.max(hours(), discontinuities.getOrDefault(path, -1L) + 1);
  }

  /** The stream uses this discontinuity sequence number. */
  public synchronized void discontinuityReached(StreamPath path, long number) {
    if (number > discontinuities.getOrDefault(path, -1L)) {
      discontinuities.put(path, number);
      long hours = hours();
      discontinuities.values().removeIf(each -> each < hours);
      write(discontinuityFile, DISCONTINUITY_HEADER, discontinuities);
    }
  }

  private long hours() {
    return Math.max(0, wall.instant().getEpochSecond() / 3600 - HOUR_ZERO);
  }

  private long byWall(long segmentUs) {
    return wall.instant().getEpochSecond() * 1_000_000 / segmentUs;
  }

  /** Replaces the file; entries that wall time has passed need no line any more. */
  private void write(long segmentUs) {
    long now = byWall(segmentUs);
    reserved.values().removeIf(number -> number < now);
    write(file, HEADER, reserved);
  }

  private static void write(Path file, String header, Map<StreamPath, Long> numbers) {
    StringBuilder text = new StringBuilder(header).append('\n');
    new TreeMap<>(numbers)
        .forEach((path, number) -> text.append(path).append(' ').append(number).append('\n'));
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(next, text, StandardCharsets.UTF_8);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      log.warn("cannot write {} ({}): numbers could repeat after a restart", file, e.toString());
    }
  }

  private static Map<StreamPath, Long> read(Path file) {
    Map<StreamPath, Long> numbers = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          int blank = line.indexOf(' ');
          long number = Long.parseLong(line.substring(blank + 1).strip());
          numbers.put(StreamPath.parse(line.substring(0, Math.max(0, blank))), number);
        }
      }
    } catch (NoSuchFileException e) {
      return numbers;
    } catch (IOException | RuntimeException e) {
      log.warn(
          "cannot read {} ({}): segment numbers begin from wall time alone", file, e.toString());
      numbers.clear();
    }
    return numbers;
  }
}
