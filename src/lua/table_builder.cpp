#include "lua/table_builder.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace rockstage::lua {

namespace {

using Field = std::pair<std::string, Value>;

void drop_earlier_duplicates(std::vector<Field>& fields) {
  std::vector<std::size_t> order(fields.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return std::tie(fields[a].first, a) < std::tie(fields[b].first, b);
  });
  std::vector<bool> dropped(fields.size());
  for (std::size_t i = 0; i + 1 < order.size(); ++i)
    dropped[order[i]] = fields[order[i]].first == fields[order[i + 1]].first;
  std::vector<Field> kept;
  kept.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (!dropped[i] && !fields[i].second.is_nil()) kept.push_back(std::move(fields[i]));
  fields = std::move(kept);
}

}  // namespace

void TableBuilder::add_item(Value value) {
  numbered_.insert_or_assign(next_position_, std::move(value));
  next_position_ += 1;
}

void TableBuilder::add_number_key(double key, Value value) {
  numbered_.insert_or_assign(key, std::move(value));
}

void TableBuilder::add_field(std::string key, Value value) {
  table_.fields.emplace_back(std::move(key), std::move(value));
}

Table TableBuilder::finish() && {
  std::erase_if(numbered_, [](const auto& entry) { return entry.second.is_nil(); });
  double position = 1;
  for (auto found = numbered_.find(position); found != numbered_.end() && found->first == position;
       found = numbered_.find(position)) {
    table_.items.push_back(std::move(found->second));
    numbered_.erase(found);
    position += 1;
  }
  for (auto& [key, value] : numbered_)
    table_.fields.emplace_back(number_text(key), std::move(value));
  drop_earlier_duplicates(table_.fields);
  return std::move(table_);
}

std::string number_text(double number) {
  char buffer[32];
  const int length = std::snprintf(buffer, sizeof buffer, "%.14g", number);
  return {buffer, static_cast<std::size_t>(length)};
}

}  // namespace rockstage::lua
