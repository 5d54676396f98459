package dev.millrace.server.config;

/** Text in double quotes as both JSON (RFC 8259 §7) and YAML (1.2.2 §7.3.1) read it. */
public final class QuotedText {
  private QuotedText() {}

  /** The text with its quotes. */
  public static String of(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c < ' ' || c == 0x7F) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('"').toString();
  }
}
