package dev.millrace.server.site;

import dev.millrace.media.Bytes;
import dev.millrace.media.ProtocolException;
import dev.millrace.relay.mesh.Accusation;
import dev.millrace.relay.mesh.SiteRelay;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a relay tells the others of its site each second, and when it accuses one: {@code PORT
 * KBIT}, and {@code ID=FAULT} for each relay that it accuses, with blanks between. Immutable.
 *
 * @param port where it takes connections of the mesh
 * @param uplinkKbit what it gives to others, kbit/s, from 1
 * @param accused at most {@link Accusation#MOST}
 */
public record MeshNews(int port, long uplinkKbit, List<Accusation> accused) {
  private static final int MAX_PORT = 0xFFFF;

  public MeshNews {
    accused = List.copyOf(accused);
  }

  /** The text form. */
  public String text() {
    StringBuilder text = new StringBuilder().append(port).append(' ').append(uplinkKbit);
    accused.forEach(
        each -> text.append(' ').append(each.peer().hex()).append('=').append(each.fault()));
    return text.toString();
  }

  /**
   * Reads the text form; of more accusations than may be told, the first.
   *
   * @throws ProtocolException (malformed) if it is none
   */
  public static MeshNews parse(String text) {
    String[] words = text.split(" ", -1);
    try {
      List<Accusation> accused = new ArrayList<>();
      for (int i = 2; i < Math.min(words.length, 2 + Accusation.MOST); i++) {
        String[] said = words[i].split("=", 2);
        byte[] id = HexFormat.of().parseHex(said[0]);
        int fault = Integer.parseInt(said[1]);
        if (id.length != SiteRelay.ID_BYTES || fault < 1) {
          throw ProtocolException.malformed("'" + words[i] + "' accuses nobody");
        }
        accused.add(new Accusation(Bytes.wrap(id), fault));
      }
      int port = Integer.parseInt(words[0]);
      if (port < 1 || port > MAX_PORT) {
        throw ProtocolException.malformed("no port is " + port);
      }
      return new MeshNews(port, Math.max(1, Long.parseLong(words[1])), accused);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw ProtocolException.malformed("'" + text + "' is no news of a relay");
    }
  }
}
