package io.ztick.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;

/// Objects, one a line.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// Writes the fields of an object.
  interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  static void line(Session session, Fields fields) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    }
    session.line(Texts.safeJson(text.toString()));
  }

  /// A word that holds names with commas between them.
  static void names(JsonGenerator json, String key, String word) throws IOException {
    json.writeArrayFieldStart(key);
    for (String name : word.isEmpty() ? new String[0] : word.split(",", -1)) {
      json.writeString(name);
    }
    json.writeEndArray();
  }

  /// A word that should be a number; if it is none, it is kept as it is.
  static void number(JsonGenerator json, String key, String word) throws IOException {
    Long number = Numbers.parse(word);
    if (number == null) {
      json.writeStringField(key, word);
    } else {
      json.writeNumberField(key, number);
    }
  }
}
