# oci_room(NAME [DEPENDS rooms...] [LIBRARIES targets...]): lib/NAME as objects (for liboci) and as a
# static library of its own (for its unit tests).
function(oci_room name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cpp)
  add_library(oci_${name}_objects OBJECT ${sources})
  target_link_libraries(oci_${name}_objects PRIVATE oci_flags ${ARG_LIBRARIES})
  add_library(oci_${name} STATIC $<TARGET_OBJECTS:oci_${name}_objects>)
  set_target_properties(oci_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_link_libraries(oci_${name} PUBLIC oci_flags ${ARG_LIBRARIES})
  foreach(dep IN LISTS ARG_DEPENDS)
    target_link_libraries(oci_${name} PUBLIC oci_${dep})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY OCI_ROOMS ${name})
endfunction()

# oci_unit(ROOM [LIBRARIES ...]): tests/unit/ROOM/*.cpp as the program unit_ROOM, run by ctest.
function(oci_unit name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/unit/${name}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(unit_${name} ${sources} ${PROJECT_SOURCE_DIR}/tests/support/unit_main.cpp
    ${PROJECT_SOURCE_DIR}/tests/support/tap.cpp)
  target_compile_definitions(unit_${name} PRIVATE BOOST_TEST_DYN_LINK OCI_UNIT_NAME=\"${name}\"
    OCI_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\")
  target_link_libraries(unit_${name} PRIVATE oci_${name} ${ARG_LIBRARIES} Boost::unit_test_framework oci_test_flags)
  add_test(NAME unit_${name} COMMAND unit_${name})
endfunction()
