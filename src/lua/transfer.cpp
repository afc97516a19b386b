#include "lua/transfer.hpp"

extern "C" {
#include <lua.h>
}

#include "lua/lexical.hpp"
#include "lua/table_builder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace rockstage::lua {

namespace {

constexpr int kMaxDepth = 200;
// One shared table can be reached by exponentially many ways, so memory used in Lua says little
// about the size here.
constexpr std::size_t kMaxValues = 1'000'000;
constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

// The tags.
constexpr char kError = 'E';
constexpr char kGlobals = 'G';
constexpr char kFalse = 'f';
constexpr char kTrue = 't';
constexpr char kNumber = 'n';
constexpr char kString = 's';
constexpr char kTable = '{';
constexpr char kEnd = '}';

template <class T>
void put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void put_string(std::string& out, std::string_view text) {
  out += kString;
  put<std::uint64_t>(out, text.size());
  out += text;
}

class Encoder {
 public:
  Encoder(lua_State* state, const std::string& name) : state_(state), name_(name) {}

  std::string run(const std::vector<std::string>& undefined_reads) {
    out_ = kGlobals;
    encode_table();
    if (!error_.empty()) return encode_error(error_);
    for (const std::string& read : undefined_reads)
      put_string(out_, read);
    return std::move(out_);
  }

 private:
  /// Encodes the table on top of the stack, which stays there. False: `error_` says why.
  bool encode_table() {
    const void* identity = lua_topointer(state_, -1);
    if (std::ranges::find(open_, identity) != open_.end())
      return refuse("a table that contains itself");
    if (open_.size() >= kMaxDepth)
      return refuse("tables in more than " + std::to_string(kMaxDepth) + " levels");
    if (lua_checkstack(state_, 4) == 0)
      return refuse("more than " + std::to_string(kMaxValues) + " values or "
                    + std::to_string(kMaxBytes >> 20) + " MiB");
    open_.push_back(identity);
    out_ += kTable;
    lua_pushnil(state_);
    while (lua_next(state_, -2) != 0) {
      const std::size_t path_length = path_.size();
      if (!encode_key() || !encode_value()) return false;
      path_.resize(path_length);
      lua_pop(state_, 1);
    }
    out_ += kEnd;
    open_.pop_back();
    return true;
  }

  bool encode_key() {
    if (lua_type(state_, -2) == LUA_TSTRING) {
      const std::string_view key = string_at(-2);
      const bool plain =
          !key.empty() && is_name_start(key.front()) && std::ranges::all_of(key, is_name_char);
      if (!plain)
        path_ += "[\"" + std::string(key) + "\"]";
      else
        path_ += (path_.empty() ? "" : ".") + std::string(key);
      put_string(out_, key);
    } else if (lua_type(state_, -2) == LUA_TNUMBER) {
      path_ += "[" + number_text(lua_tonumber(state_, -2)) + "]";
      out_ += kNumber;
      put(out_, lua_tonumber(state_, -2));
    } else {
      return refuse(std::string("a ") + lua_typename(state_, lua_type(state_, -2)) + " as key");
    }
    return true;
  }

  bool encode_value() {
    if (++values_ > kMaxValues || out_.size() > kMaxBytes)
      return refuse("more than " + std::to_string(kMaxValues) + " values or "
                    + std::to_string(kMaxBytes >> 20) + " MiB");
    switch (lua_type(state_, -1)) {
      case LUA_TBOOLEAN:
        out_ += lua_toboolean(state_, -1) != 0 ? kTrue : kFalse;
        return true;
      case LUA_TNUMBER:
        out_ += kNumber;
        put(out_, lua_tonumber(state_, -1));
        return true;
      case LUA_TSTRING:
        put_string(out_, string_at(-1));
        return true;
      case LUA_TTABLE:
        return encode_table();
      default:
        return refuse(std::string("a ") + lua_typename(state_, lua_type(state_, -1)));
    }
  }

  std::string_view string_at(int index) {
    std::size_t length = 0;
    const char* text = lua_tolstring(state_, index, &length);
    return {text, length};
  }

  bool refuse(const std::string& what) {
    error_ = name_ + ": " + (path_.empty() ? "" : path_ + ": ") + what + " is no data";
    return false;
  }

  lua_State* state_;
  const std::string& name_;
  std::string out_;
  std::string path_;
  std::string error_;
  std::vector<const void*> open_;
  std::size_t values_ = 0;
};

class Decoder {
 public:
  Decoder(std::string_view in, const std::string& name) : in_(in), name_(name) {}

  Result<Evaluation> run() {
    if (take_tag() != kGlobals || take_tag() != kTable) return damaged();
    Evaluation evaluation;
    RS_TRY_ASSIGN(evaluation.globals, table(1));
    while (!in_.empty()) {
      if (take_tag() != kString) return damaged();
      RS_TRY_ASSIGN(std::string read, string());
      evaluation.undefined_reads.push_back(std::move(read));
    }
    return evaluation;
  }

 private:
  char take_tag() {
    if (in_.empty()) return '\0';
    const char tag = in_.front();
    in_.remove_prefix(1);
    return tag;
  }

  [[nodiscard]] tl::unexpected<Error> damaged() const {
    return fail(Errc::invalid_input, name_ + ": its evaluation ended with a damaged answer");
  }

  template <class T>
  Result<T> scalar() {
    T value{};
    if (in_.size() < sizeof value) return damaged();
    std::memcpy(&value, in_.data(), sizeof value);
    in_.remove_prefix(sizeof value);
    return value;
  }

  Result<std::string> string() {
    RS_TRY_ASSIGN(const std::uint64_t length, scalar<std::uint64_t>());
    if (length > in_.size()) return damaged();
    std::string text(in_.substr(0, length));
    in_.remove_prefix(length);
    return text;
  }

  Result<Value> value(int depth) {
    switch (take_tag()) {
      case kFalse:
        return Value{false};
      case kTrue:
        return Value{true};
      case kNumber: {
        RS_TRY_ASSIGN(const double number, scalar<double>());
        return Value{number};
      }
      case kString: {
        RS_TRY_ASSIGN(std::string text, string());
        return Value{std::move(text)};
      }
      case kTable: {
        RS_TRY_ASSIGN(Table inner, table(depth + 1));
        return Value{std::move(inner)};
      }
      default:
        return damaged();
    }
  }

  Result<Table> table(int depth) {
    if (depth > kMaxDepth) return damaged();
    TableBuilder builder;
    for (char tag = take_tag(); tag != kEnd; tag = take_tag()) {
      if (tag == kNumber) {
        RS_TRY_ASSIGN(const double key, scalar<double>());
        RS_TRY_ASSIGN(Value item, value(depth));
        builder.add_number_key(key, std::move(item));
      } else if (tag == kString) {
        RS_TRY_ASSIGN(std::string key, string());
        RS_TRY_ASSIGN(Value item, value(depth));
        builder.add_field(std::move(key), std::move(item));
      } else {
        return damaged();
      }
    }
    Table table = std::move(builder).finish();
    // Lua's own order depends on its hash.
    std::ranges::sort(table.fields, {}, &std::pair<std::string, Value>::first);
    return table;
  }

  std::string_view in_;
  const std::string& name_;
};

}  // namespace

std::string encode_error(std::string_view message) {
  return kError + std::string(message);
}

std::string encode_evaluation(lua_State* state,
                              const std::string& name,
                              const std::vector<std::string>& undefined_reads) {
  return Encoder(state, name).run(undefined_reads);
}

Result<Evaluation> decode_evaluation(std::string_view encoded, const std::string& name) {
  if (encoded.starts_with(kError)) return fail(Errc::invalid_input, std::string(encoded.substr(1)));
  return Decoder(encoded, name).run();
}

}  // namespace rockstage::lua
