package dev.millrace.ingest.rtmp;

import dev.millrace.media.amf.Amf0Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What server and client say of themselves, the server when a client asks for Enhanced RTMP v2 in
 * its connect command ("Enhancing NetConnection connect Command"). Clients without it get nothing
 * they do not know.
 */
final class EnhancedRtmp {
  /** FourCcInfoMask: taken and given on as it is. */
  private static final int CAN_FORWARD = 0x04;

  /** The status by which a server asks a client to connect anew, or elsewhere. */
  static final String RECONNECT_REQUEST = "NetConnection.Connect.ReconnectRequest";

  /** CapsExMask: reconnect requests are understood, or may be sent. */
  private static final int RECONNECT = 0x01;

  /** CapsExMask: can parse multitrack (all video tracks, the first of audio) and ModEx. */
  private static final int MULTITRACK_AND_MOD_EX = 0x02 | 0x04;

  private static final List<String> VIDEO = List.of("avc1", "hvc1");
  private static final List<String> AUDIO = List.of("mp4a", ".mp3");

  private EnhancedRtmp() {}

  /** Whether the connect command's object tells of Enhanced RTMP. */
  static boolean isOfferedBy(Amf0Value.Keyed commandObject) {
    return commandObject.properties().containsKey("fourCcList")
        || commandObject.properties().containsKey("videoFourCcInfoMap")
        || commandObject.properties().containsKey("audioFourCcInfoMap")
        || commandObject.properties().containsKey("capsEx");
  }

  /** Whether the client that says connect follows reconnect requests. */
  static boolean takesReconnect(Amf0Value.Keyed commandObject) {
    return ((int) commandObject.number("capsEx").orElse(0) & RECONNECT) != 0;
  }

  /** Adds what is supported to the properties of the answer. */
  static void describe(Map<String, Amf0Value> properties) {
    List<Amf0Value> all =
        Stream.concat(VIDEO.stream(), AUDIO.stream()).<Amf0Value>map(Amf0Value.Str::new).toList();
    properties.put("fourCcList", new Amf0Value.StrictArray(all));
    properties.put("videoFourCcInfoMap", infoMap(VIDEO));
    properties.put("audioFourCcInfoMap", infoMap(AUDIO));
    properties.put("capsEx", new Amf0Value.Num(RECONNECT | MULTITRACK_AND_MOD_EX));
  }

  private static Amf0Value infoMap(List<String> fourCcs) {
    Map<String, Amf0Value> map = new LinkedHashMap<>();
    fourCcs.forEach(fourCc -> map.put(fourCc, new Amf0Value.Num(CAN_FORWARD)));
    return new Amf0Value.Obj(map);
  }
}
