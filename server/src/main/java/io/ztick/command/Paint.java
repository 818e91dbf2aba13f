package io.ztick.command;

/// Colours, where they are welcome.
final class Paint {
  private static final String RED = "\033[31m";
  private static final String GREEN = "\033[32m";
  private static final String YELLOW = "\033[33m";
  private static final String BOLD = "\033[1m";
  private static final String FAINT = "\033[2m";
  private static final String PLAIN = "\033[0m";

  private Paint() {}

  /// A cell in the colour of the status that it holds; as it is when it holds none.
  static String status(Session session, String cell) {
    return switch (cell) {
      case "executed" -> paint(session, GREEN, cell);
      case "failed" -> paint(session, RED, cell);
      case "triggered" -> paint(session, YELLOW, cell);
      default -> cell;
    };
  }

  static String good(Session session, String text) {
    return paint(session, GREEN, text);
  }

  static String bad(Session session, String text) {
    return paint(session, RED, text);
  }

  static String strong(Session session, String text) {
    return paint(session, BOLD, text);
  }

  static String faint(Session session, String text) {
    return paint(session, FAINT, text);
  }

  private static String paint(Session session, String colour, String text) {
    return session.isColoured() ? colour + text + PLAIN : text;
  }
}
