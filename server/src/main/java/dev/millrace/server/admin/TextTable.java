package dev.millrace.server.admin;

import java.util.ArrayList;
import java.util.List;

/** Lines of columns, as wide as needed, for terminals and for {@code awk}. */
public final class TextTable {
  private static final String GAP = "  ";

  private TextTable() {}

  /** The nodes of a cluster. */
  public static String nodes(List<NodeLine> nodes) {
    List<List<String>> rows = new ArrayList<>(List.of(NodeLine.HEAD));
    nodes.forEach(node -> rows.add(node.cells()));
    return of(rows);
  }

  /** Any rows of equally many cells; each ends with a line feed. */
  public static String of(List<List<String>> rows) {
    int columns = rows.isEmpty() ? 0 : rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(row.get(i));
        line.append(" ".repeat(widths[i] - row.get(i).length())).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
