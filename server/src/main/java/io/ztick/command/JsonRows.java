package io.ztick.command;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/// An object a line.
final class JsonRows implements Rows {
  private final Session session;
  private final List<Column> columns;

  JsonRows(Session session, List<Column> columns) {
    this.session = session;
    this.columns = columns;
  }

  @Override
  public void print(List<String> words) throws IOException {
    Json.line(session, json -> write(json, words));
  }

  private void write(JsonGenerator json, List<String> words) throws IOException {
    for (int i = 0; i < columns.size() && i < words.size(); i++) {
      Column column = columns.get(i);
      switch (column.kind()) {
        case TEXT, STATUS -> json.writeStringField(column.key(), words.get(i));
        case TIME, DATE -> Json.number(json, column.key(), words.get(i));
        case NAMES -> Json.names(json, column.key(), words.get(i));
        case TEXTS -> {
          json.writeArrayFieldStart(column.key());
          for (String word : words.subList(i, words.size())) {
            json.writeString(word);
          }
          json.writeEndArray();
        }
      }
    }
  }
}
