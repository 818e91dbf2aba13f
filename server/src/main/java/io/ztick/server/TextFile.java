package io.ztick.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A small file that an operator wrote, read whole.
final class TextFile {
  /// Far above any configuration or certificate chain; a wrong path may lead to something endless.
  static final int MAX_BYTES = 1024 * 1024;

  private TextFile() {}

  /// The text of the file, or an exception whose message says what is wrong with it.
  static String read(Path file, Charset charset) throws IOException {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new IOException("larger than " + MAX_BYTES + " bytes");
      }
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      throw new IOException("no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("permission denied", e);
    } catch (FileSystemException e) {
      // Its message would repeat the path.
      throw new IOException(e.getReason(), e);
    } catch (CharacterCodingException e) {
      throw new IOException("not " + charset + " text", e);
    }
  }
}
