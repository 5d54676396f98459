package dev.millrace.transcoder.packager;

import dev.millrace.media.ProtocolException;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.LogTail;
import dev.millrace.media.log.PartSink;
import dev.millrace.media.log.StreamView;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes up what another node has written of a stream, as far as that can be gone on with. */
final class Adopter {
  private static final Logger log = LoggerFactory.getLogger(Adopter.class);

  private final StreamPath path;
  private final PartSink sink;
  private final Adoptions adoptions;

  /**
   * What was taken up.
   *
   * @param left as it was before
   * @param renditions that are complete up to the next segment
   */
  record Adopted(Presentation presentation, Adoptions.Left left, Collection<String> renditions) {
    /** Those that a ladder has made. */
    List<String> rungs() {
      return renditions.stream().filter(Adopted::isRung).toList();
    }

    private static boolean isRung(String rendition) {
      return !Descriptions.isMain(rendition) && Descriptions.furtherTrack(rendition).isEmpty();
    }
  }

  Adopter(StreamPath path, PartSink sink, Adoptions adoptions) {
    this.path = path;
    this.sink = sink;
    this.adoptions = adoptions;
  }

  /**
   * Asks, and makes it ready to be gone on with under this epoch. Empty if there is nothing.
   *
   * @throws SupersededException if a newer session owns the path
   */
  Optional<Adopted> adopt(long epoch) {
    Optional<Adoptions.Left> left = ask(epoch).filter(found -> goesOn(found.view()));
    if (left.isEmpty()) {
      return Optional.empty();
    }
    try {
      AdoptedLogs logs = new AdoptedLogs(sink, path, left.get().view(), epoch);
      Presentation taken = Presentation.adopt(sink, path, epoch, logs);
      log.atInfo().addKeyValue("stream", path).log("goes on here with segment {}", taken.msn());
      return Optional.of(new Adopted(taken, left.get(), logs.writers().keySet()));
    } catch (ProtocolException | MisalignedException e) {
      log.atWarn()
          .addKeyValue("stream", path)
          .log("what another node wrote cannot be gone on with, a new presentation begins", e);
      return Optional.empty();
    }
  }

  private Optional<Adoptions.Left> ask(long epoch) {
    try {
      return adoptions.adopt(path, epoch);
    } catch (RuntimeException e) {
      // A defect there must not cost the publisher its session here.
      log.atError().addKeyValue("stream", path).log("asking other nodes failed", e);
      return Optional.empty();
    }
  }

  /** Whether there is a main rendition, and each can be gone on with. */
  private static boolean goesOn(StreamView view) {
    List<LogTail> mains =
        view.renditions().stream()
            .map(rendition -> rendition.description().name())
            .filter(Descriptions::isMain)
            .flatMap(name -> view.tail(name).stream())
            .toList();
    return view.opened()
        && !view.ended()
        && !mains.isEmpty()
        && mains.stream().allMatch(tail -> AdoptedLogs.canEnd(view, tail));
  }
}
