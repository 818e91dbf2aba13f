package io.ztick.client;

/// An answer `ERROR <code> <sentence>`.
record Refusal(String code, String sentence) {
  @Override
  public String toString() {
    return sentence.isEmpty() ? code : code + ": " + sentence;
  }
}
