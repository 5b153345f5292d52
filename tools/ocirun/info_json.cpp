#include "tools/ocirun/info_json.h"

#include "tools/ocirun/json_out.h"

namespace ocirun {

std::string info_json(const oci::ContainerInfo& info, std::string_view owner, int indent) {
  std::string out;
  JsonObject object(out, indent);
  object.member("ociVersion", info.oci_version);
  object.member("id", info.id);
  object.member("pid", std::int64_t{info.pid});
  object.member("status", oci::status_name(info.status));
  object.member("bundle", info.bundle);
  object.member("rootfs", info.rootfs);
  object.member("created", info.created);
  // runc keeps the bundle's path among its labels and so drops an annotation of that name.
  const std::size_t hidden = info.annotations.count("bundle");
  if (info.annotations.size() > hidden) {
    JsonObject annotations = object.object("annotations");
    for (const auto& [key, value] : info.annotations)
      if (key != "bundle") annotations.member(key, value);
    annotations.end();
  }
  object.member("owner", owner);
  object.end();
  return out;
}

std::string owner_name(std::string_view passwd, uid_t uid) {
  const std::string number = std::to_string(uid);
  while (!passwd.empty()) {
    const std::size_t end = passwd.find('\n');
    const std::string_view line = passwd.substr(0, end);
    passwd.remove_prefix(end == std::string_view::npos ? passwd.size() : end + 1);
    const std::size_t name = line.find(':');
    if (name == std::string_view::npos) continue;
    const std::size_t password = line.find(':', name + 1);
    if (password == std::string_view::npos) continue;
    const std::string_view rest = line.substr(password + 1);
    if (rest.substr(0, rest.find(':')) == number) return std::string(line.substr(0, name));
  }
  return "#" + number;
}

}  // namespace ocirun
