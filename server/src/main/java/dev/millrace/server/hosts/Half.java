package dev.millrace.server.hosts;

/** One of the two parts into which {@link VirtualHosts#cut} divides the network. */
public enum Half {
  /** Lower addresses: {@code 10.77.N.2} and up. */
  A("a", 0),
  /** Upper addresses: {@code 10.77.N.130} and up. */
  B("b", 128);

  private final String letter;
  private final int firstAddress;

  Half(String letter, int firstAddress) {
    this.letter = letter;
    this.firstAddress = firstAddress;
  }

  /** The other one. */
  public Half other() {
    return this == A ? B : A;
  }

  String letter() {
    return letter;
  }

  /** The last byte of its tester's address; the hosts' follow. */
  int testerNumber() {
    return firstAddress + 1;
  }
}
