package dev.millrace.server;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** Which Millrace this is, from the jar's manifest. */
final class Version implements IVersionProvider {
  static String text() {
    return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
        .orElse("(built in place)");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "Millrace " + text(), "Java " + Runtime.version() + " on " + System.getProperty("os.name")
    };
  }
}
