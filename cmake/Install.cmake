# cmake --install: both libraries, the public headers, find_package(oci) and pkg-config. The package can
# be moved: nothing in it names the place it was installed to.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/oci)

install(TARGETS oci_shared oci_static EXPORT oci-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/oci DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT oci-targets NAMESPACE oci:: DESTINATION ${package_dir})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/oci-config.cmake.in ${PROJECT_BINARY_DIR}/oci-config.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/oci-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/oci-config.cmake ${PROJECT_BINARY_DIR}/oci-config-version.cmake
  DESTINATION ${package_dir})

file(RELATIVE_PATH OCI_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" OCI_PC_PREFIX "${OCI_PC_PREFIX}")
configure_file(${CMAKE_CURRENT_LIST_DIR}/oci.pc.in ${PROJECT_BINARY_DIR}/oci.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/oci.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
