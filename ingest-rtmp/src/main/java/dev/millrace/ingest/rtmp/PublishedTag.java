package dev.millrace.ingest.rtmp;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.media.flv.AudioTagBody;
import dev.millrace.media.flv.MultitrackEntry;
import dev.millrace.media.flv.VideoTagBody;
import java.util.List;

/** A tag as a client publishes it, with what it is to a decoder that begins here. */
record PublishedTag(int type, int timestamp, Bytes body, Role role, List<Integer> tracks) {
  /** What it is good for. */
  enum Role {
    /** Must be known before any media: metadata, codec configuration. */
    HEADER,
    /** Decoding can begin with it. */
    KEY,
    /** Neither. */
    OTHER
  }

  /** The name onMetaData in AMF0. */
  private static final Bytes METADATA = Bytes.fromHex("02000a 6f6e4d65746144617461");

  private static final List<Integer> MAIN = List.of(0);

  /** Looks into a body; what cannot be read is sent like anything else. */
  static PublishedTag of(int type, int timestamp, Bytes body) {
    try {
      return switch (type) {
        case MessageType.VIDEO -> video(timestamp, body);
        case MessageType.AUDIO -> audio(timestamp, body);
        default -> new PublishedTag(type, timestamp, body, script(body), MAIN);
      };
    } catch (ProtocolException unknown) {
      return new PublishedTag(type, timestamp, body, Role.OTHER, MAIN);
    }
  }

  PublishedTag at(int otherTimestamp) {
    return new PublishedTag(type, otherTimestamp, body, role, tracks);
  }

  boolean isVideo() {
    return type == MessageType.VIDEO;
  }

  private static Role script(Bytes body) {
    boolean metadata =
        body.length() > METADATA.length() && body.slice(0, METADATA.length()).equals(METADATA);
    return metadata ? Role.HEADER : Role.OTHER;
  }

  private static PublishedTag video(int timestamp, Bytes body) {
    VideoTagBody read = VideoTagBody.read(body);
    if (!(read instanceof VideoTagBody.Multitrack(List<MultitrackEntry> entries))) {
      return new PublishedTag(MessageType.VIDEO, timestamp, body, role(read), MAIN);
    }
    List<Integer> tracks = entries.stream().map(MultitrackEntry::trackId).toList();
    Role role = Role.OTHER;
    for (MultitrackEntry entry : entries) {
      Role of = role(VideoTagBody.read(entry));
      // A key frame of another track than the main one is no place to begin.
      if (of == Role.HEADER || entry.trackId() == 0) {
        role = of;
      }
    }
    return new PublishedTag(MessageType.VIDEO, timestamp, body, role, tracks);
  }

  private static Role role(VideoTagBody body) {
    return switch (body) {
      case VideoTagBody.SequenceStart _, VideoTagBody.Metadata _ -> Role.HEADER;
      case VideoTagBody.CodedFrame frame -> frame.keyFlag() ? Role.KEY : Role.OTHER;
      case VideoTagBody.SequenceEnd _, VideoTagBody.Multitrack _, VideoTagBody.Nothing _ ->
          Role.OTHER;
    };
  }

  private static PublishedTag audio(int timestamp, Bytes body) {
    AudioTagBody read = AudioTagBody.read(body);
    if (!(read instanceof AudioTagBody.Multitrack(List<MultitrackEntry> entries))) {
      return new PublishedTag(MessageType.AUDIO, timestamp, body, role(read), MAIN);
    }
    List<Integer> tracks = entries.stream().map(MultitrackEntry::trackId).toList();
    Role role = Role.KEY;
    for (MultitrackEntry entry : entries) {
      role = role(AudioTagBody.read(entry)) == Role.HEADER ? Role.HEADER : role;
    }
    return new PublishedTag(MessageType.AUDIO, timestamp, body, role, tracks);
  }

  private static Role role(AudioTagBody body) {
    return switch (body) {
      case AudioTagBody.SequenceStart _ -> Role.HEADER;
      case AudioTagBody.CodedFrame _ -> Role.KEY;
      case AudioTagBody.SequenceEnd _, AudioTagBody.Multitrack _, AudioTagBody.Nothing _ ->
          Role.OTHER;
    };
  }
}
